/* The files that a run makes, and the texts that go into them. */
#ifndef SENTIENT_GEN_OUTPUT_H
#define SENTIENT_GEN_OUTPUT_H

#include "base/str.h"
#include "model.h"

typedef struct OutputFile {
    struct OutputFile *next;
    const char *name; /* below the output folder */
    Buf text;
} OutputFile;

typedef struct Output {
    Arena *arena;
    OutputFile *first, *last;
    size_t count;
} Output;

/* A new, empty file "sentient/<format>". */
Buf *output_file(Output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Its first line and include guard, and the guard's end. */
void header_begin(Buf *buf, const File *file, const char *what, const char *comment);
void header_end(Buf *buf);
/* The first line of a .c file. */
void source_begin(Buf *buf, const char *comment);
/* A C string literal. */
void put_c_string(Buf *buf, const char *text);
/* A comment block, wrapped; nothing where the text is empty. */
void put_c_comment(Buf *buf, const char *text);

/* Writers of files: <svc>.contract.[ch], <svc>.handlers.h and <svc>.dispatch.c, <svc>.client.[ch],
 * <svc>.events.[ch], contracts.[ch], openapi.json, postman.json, openapi.[ch]. */
void write_contract(Output *output, const Model *model, const File *file);
void write_handlers(Output *output, const File *file);
void write_dispatch(Output *output, const File *file);
void write_client(Output *output, const File *file);
void write_events(Output *output, const File *file);
void write_index(Output *output, const Model *model);
void write_openapi(Output *output, Model *model);

#endif
