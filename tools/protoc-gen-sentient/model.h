/* The contract as the tool sees it: files, messages, methods and events with their rules and
 * comments. Read from descriptors once, checked, then only read. All memory is one arena's. */
#ifndef SENTIENT_GEN_MODEL_H
#define SENTIENT_GEN_MODEL_H

#include "base/arena.h"
#include "base/str.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "sentient/options.pb-c.h"

typedef Google__Protobuf__FileDescriptorProto FileProto;
typedef Google__Protobuf__DescriptorProto MessageProto;
typedef Google__Protobuf__FieldDescriptorProto FieldProto;
typedef Google__Protobuf__ServiceDescriptorProto ServiceProto;
typedef Google__Protobuf__MethodDescriptorProto MethodProto;
typedef Google__Protobuf__EnumDescriptorProto EnumProto;

typedef struct Message Message;
typedef struct File File;

/* Tag and name of the hidden list that `--expand` gives to messages of PUTs. */
enum { GIVEN_TAG = 536870911, FIELDS_MAX = 60, ITEMS_MAX_DEFAULT = 1000, DECIMALS_MAX = 9 };
#define GIVEN_NAME "given"

/* Where routes show a message. */
enum {
    SHOWN_REQUEST = 1, /* the body of a POST, or inside any body */
    SHOWN_PARTIAL = 2, /* the body of a PUT */
    SHOWN_REPLY = 4,
};

typedef enum Kind {
    KIND_STRING,
    KIND_BOOL,
    KIND_INT32,
    KIND_INT64,
    KIND_UINT32,
    KIND_BYTES,
    KIND_MESSAGE,
    KIND_UNSUPPORTED,
} Kind;

typedef struct Field {
    const FieldProto *proto;
    const Sentient__FieldRule *rule; /* never NULL */
    const char *name;
    const char *json;
    const char *comment; /* "" where there is none; likewise below */
    Kind kind;
    bool list;
    bool hidden;      /* GIVEN_NAME */
    Message *message; /* of KIND_MESSAGE; NULL where its type is no message of ours */
    bool has_min, has_max;
    int64_t min, max; /* scaled */
} Field;

typedef struct Event {
    const char *subject, *description;
    const char *id; /* item_created */
    const Message *message;
} Event;

struct Message {
    const File *file;
    const MessageProto *proto;
    const char *name;
    const char *full;  /* .sales.SalesOrder, as type names have it */
    const char *c;     /* Sales__SalesOrder */
    const char *lower; /* sales__sales_order */
    const char *upper; /* SALES_SALES_ORDER */
    const char *comment;
    const char *schema; /* its name in OpenAPI */
    Field *fields;      /* in the order of their tags, as protobuf-c has them */
    size_t count;
    int given;          /* index of the hidden field, or -1 */
    uint64_t addressed; /* fields that stand in a path of a POST or PUT which takes this message */
    unsigned shown;     /* SHOWN_… bits */
    Event *events;
    size_t event_count;
};

typedef enum Verb { VERB_NONE, VERB_GET, VERB_POST, VERB_PUT, VERB_DELETE } Verb;

typedef struct Method {
    const File *file;
    const char *service;   /* SalesOrders */
    const char *operation; /* SalesOrders.Create */
    const char *comment;
    const MethodProto *proto;
    const Sentient__MethodRule *rule; /* never NULL */
    bool ruled;                       /* the rule stood in the file */
    const char *name;                 /* so_create; "" where the subject is malformed */
    Verb verb;
    unsigned verbs; /* how many routes were said */
    const char *path;
    uint64_t path_fields; /* fields of the request that stand in the path */
    Message *in, *out;
} Method;

typedef struct Tag {
    const char *name;  /* SalesOrders */
    const char *title; /* Sales orders */
    const char *comment;
    bool routed; /* some method has a route */
} Tag;

struct File {
    const FileProto *proto;
    const char *path;  /* sentient/sales.proto */
    const char *name;  /* sales */
    const char *upper; /* SALES */
    Message *messages;
    size_t count;
    Method *methods;
    size_t method_count;
    Tag *tags; /* one per service in the file */
    size_t tag_count;
    size_t event_count;
};

typedef struct Permission {
    const char *name; /* so.approve */
    const char *description;
} Permission;

typedef struct Model {
    Arena *arena;
    File *files; /* in the order of protoc's request */
    size_t count;
    Permission *permissions;
    size_t permission_count;
    const File *permission_file;
    Buf faults;
    size_t fault_count;
} Model;

/* Reads what the descriptors say; never fails: what is wrong is found by model_check(). */
void model_load(Model *model, FileProto **files, size_t count);
/* Adds a fault, "sentient/x.proto: Items.Create: …", for everything that breaks the contract's
 * rules. */
void model_check(Model *model);
void model_fault(Model *model, const File *file, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "GET", or NULL. */
const char *verb_name(Verb verb);
/* `text` as a value of the field, scaled; false where it is none. */
bool field_scaled(const Field *field, const char *text, int64_t *ret_value);
/* Index of a field by its name in the file; -1 where there is none. */
int message_field(const Message *message, const char *name, size_t length);
/* The next "{name}" of a path at or behind *position; false where there is none. */
bool path_next(const char **position, const char **ret_name, size_t *ret_length);
bool method_is_write(const Method *method);
/* The reply has that field. */
bool method_answers(const Method *method, const char *field);

#endif
