/* What protoc-gen-sentient generates from proto/: tables of methods, fields and events. Data only.
 * Everything is static and constant; the gateway, the daemons, the codec and the tests read the
 * same tables. */
#ifndef SF_KIT_CONTRACT_H
#define SF_KIT_CONTRACT_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum PbFormat {
    FORMAT_TEXT,
    FORMAT_UUID,
    FORMAT_DATE,
    FORMAT_INSTANT,
    FORMAT_CODE,
    FORMAT_EMAIL,
    FORMAT_PASSWORD,
    FORMAT_NOTES,
    FORMAT_SORT,
    FORMAT_SEARCH,
    FORMAT_OPAQUE,
    FORMAT_PERMISSION_NAME,
} PbFormat; /* meanings: proto/sentient/options.proto */

typedef struct PbRule PbRule;

/* One field; stands at the index of its ProtobufCFieldDescriptor. */
typedef struct PbField {
    const char *json; /* published name */
    PbFormat format;
    uint8_t decimals; /* 0: a plain integer */
    bool required, nullable, omit_unset, secret;
    bool must_be_given; /* in a PUT too; a list may be empty */
    bool not_zero;
    bool has_min, has_max;
    int64_t min, max;      /* scaled by 10^decimals, inclusive */
    uint32_t min_length;   /* characters; 0: as the format says */
    uint32_t max_length;   /* characters; 0: as the format says */
    uint32_t max_items;    /* lists; never 0 */
    const char *const *in; /* closed set, NULL-terminated; NULL: open */
    /* JSON text taken where a POST leaves the field out, and for null where that is allowed; NULL:
     * none. */
    const char *default_json;
    const char *max_hint;   /* said with a fault of the maximum; NULL: nothing */
    const char *other_than; /* the field whose value this one must not have; NULL: none */
    const char *not_before; /* the field whose date this one must not be before; NULL: none */
    const PbRule *message;  /* rule of a message field */
} PbField;

/* One message. */
struct PbRule {
    const ProtobufCMessageDescriptor *descriptor;
    const PbField *fields; /* descriptor->n_fields of them, in the descriptor's order */
    /* Index of the hidden field `repeated uint32 given` (tags that stood in the body, for bodies of
     * PUTs, and where a field must be given); -1: the message has none. */
    int given;
};

typedef enum HttpVerb { VERB_NONE, VERB_GET, VERB_POST, VERB_PUT, VERB_DELETE } HttpVerb;
typedef enum TxMode { TX_NONE, TX_READ, TX_WRITE } TxMode;
typedef enum PrepareMode { PREPARE_NEVER, PREPARE_ALWAYS, PREPARE_ON_DEMAND } PrepareMode;
typedef enum AccessMode { ACCESS_PERMISSION, ACCESS_SIGNED_IN, ACCESS_PUBLIC } AccessMode;

typedef struct Method {
    const char *subject;   /* sales.so.create */
    const char *name;      /* so_create: the handler */
    const char *operation; /* SalesOrders.Create: the rpc, unique in its service */
    HttpVerb verb;
    const char *path;       /* /api/sales-orders/{uuid}; NULL: no route */
    const char *permission; /* so.create; NULL where access is not by permission */
    AccessMode access;
    TxMode tx;
    PrepareMode prepare;
    uint16_t status; /* HTTP status of success */
    bool internal;   /* a leaf or an export: no route */
    bool partial;    /* a PUT: required fields may be absent, defaults are not applied */
    /* Bit i: field i of the request comes from the path, and from nowhere else. For POST and PUT
     * also where it is another route's path that has it (a creation takes the message of an update:
     * `uuid` is no field of its body). */
    uint64_t path_fields;
    const PbRule *in;
    const PbRule *out;
} Method;

/* An event type: its subject and its payload. */
typedef struct EventType {
    const char *subject; /* item.created */
    const char *description;
    const PbRule *payload; /* the document; its field `uuid` is the event's subject */
} EventType;

typedef struct Contract {
    const char *service;
    const Method *methods;
    size_t method_count;
    const EventType *events;
    size_t event_count;
    const PbRule *const *rules; /* every message of the service's file */
    size_t rule_count;
} Contract;

/* The closed set of permissions. */
typedef struct PermissionInfo {
    const char *name;        /* so.approve */
    const char *description; /* Approve, reject and close sales orders */
} PermissionInfo;

extern const PermissionInfo PERMISSIONS[];
extern const size_t PERMISSION_COUNT;

#endif
