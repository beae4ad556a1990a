/* <svc>.handlers.h, .dispatch.c, .client.[ch], .events.[ch]: typed code around the tables. */
#include "names.h"
#include "output.h"

static bool prepares(const Method *method)
{
    return method->rule->prepare != SENTIENT__PREPARE__NEVER;
}

static void begin(Buf *buf, const File *file, const char *what, const char *comment)
{
    header_begin(buf, file, what, arena_printf(buf->arena, "%s %s", comment, file->name));
    buf_printf(buf, "#include \"sentient/%s.contract.h\"\n#include \"sentient/%s.pb-c.h\"\n",
               file->name, file->name);
}

void write_handlers(Output *output, const File *file)
{
    Buf *buf = output_file(output, "%s.handlers.h", file->name);
    begin(buf, file, "HANDLERS", "what a daemon defines for the methods of");
    buf_puts(buf, "#include \"svc/request.h\"\n#include \"svc/service.h\"\n");
    buf_printf(buf,
               "\n/* In the order of %s_CONTRACT's methods. */\n"
               "extern const MethodCode %s_CODE[];\n",
               file->upper, file->upper);
    for (size_t i = 0; i < file->method_count; i++) {
        const Method *method = &file->methods[i];
        buf_putc(buf, '\n');
        put_c_comment(buf, method->comment);
        buf_printf(buf, "const Err *%s(Request *rq, const %s *in, %s *out);\n", method->name,
                   method->in->c, method->out->c);
        if (prepares(method))
            buf_printf(buf, "const Err *%s_prepare(Request *rq, const %s *in);\n", method->name,
                       method->in->c);
    }
    header_end(buf);
}

static void write_thunk(Buf *buf, const Method *method)
{
    buf_printf(buf,
               "\nstatic const Err *run_%s(Request *rq, const ProtobufCMessage *in, "
               "ProtobufCMessage *out)\n{\n    return %s(rq, (const %s *)in, (%s *)out);\n}\n",
               method->name, method->name, method->in->c, method->out->c);
    if (prepares(method))
        buf_printf(buf,
                   "\nstatic const Err *prepare_%s(Request *rq, const ProtobufCMessage *in)\n"
                   "{\n    return %s_prepare(rq, (const %s *)in);\n}\n",
                   method->name, method->name, method->in->c);
}

void write_dispatch(Output *output, const File *file)
{
    Buf *buf = output_file(output, "%s.dispatch.c", file->name);
    source_begin(buf, arena_printf(buf->arena, "from messages to the handlers of %s", file->name));
    buf_printf(buf, "#include \"sentient/%s.handlers.h\"\n", file->name);
    for (size_t i = 0; i < file->method_count; i++)
        write_thunk(buf, &file->methods[i]);
    buf_printf(buf, "\nconst MethodCode %s_CODE[] = {\n", file->upper);
    for (size_t i = 0; i < file->method_count; i++) {
        const Method *method = &file->methods[i];
        buf_printf(buf, "    {.handler = run_%s", method->name);
        if (prepares(method))
            buf_printf(buf, ", .prepare = prepare_%s", method->name);
        buf_puts(buf, "},\n");
    }
    buf_puts(buf, "};\n");
}

static void write_call(Buf *header, Buf *source, const File *file, const Method *method)
{
    const char *prototype =
        arena_printf(header->arena, "const Err *%s_%s(Request *rq, const %s *in, %s **ret_out)",
                     file->name, method->name, method->in->c, method->out->c);
    buf_putc(header, '\n');
    put_c_comment(header, method->comment);
    buf_printf(header, "%s;\n", prototype);
    buf_printf(source,
               "\n%s\n{\n    ProtobufCMessage *out = NULL;\n"
               "    TRY(rq_call(rq, %s_%s, &in->base, &out));\n"
               "    *ret_out = (%s *)out;\n    return NULL;\n}\n",
               prototype, file->upper, name_upper(header->arena, method->name), method->out->c);
}

void write_client(Output *output, const File *file)
{
    Buf *header = output_file(output, "%s.client.h", file->name);
    begin(header, file, "CLIENT", "typed calls, in <handler>_prepare only, of the leaves of");
    buf_puts(header, "#include \"svc/request.h\"\n");
    Buf *source = output_file(output, "%s.client.c", file->name);
    source_begin(source, arena_printf(source->arena, "calls of the leaves of %s", file->name));
    buf_printf(source, "#include \"sentient/%s.client.h\"\n", file->name);
    for (size_t i = 0; i < file->method_count; i++)
        if (file->methods[i].rule->internal)
            write_call(header, source, file, &file->methods[i]);
    header_end(header);
}

static void write_emit(Buf *header, Buf *source, const Event *event)
{
    const char *prototype =
        arena_printf(header->arena, "const Err *emit_%s(Request *rq, const %s *document)",
                     event->id, event->message->c);
    buf_putc(header, '\n');
    put_c_comment(header,
                  arena_printf(header->arena, "%s: %s", event->subject, event->description));
    buf_printf(header, "%s;\n", prototype);
    buf_printf(source, "\n%s\n{\n    return rq_emit(rq, &EVENT_%s, &document->base);\n}\n",
               prototype, name_upper(header->arena, event->id));
}

void write_events(Output *output, const File *file)
{
    Buf *header = output_file(output, "%s.events.h", file->name);
    begin(header, file, "EVENTS", "outbox rows, in the handler's transaction, for the events of");
    buf_puts(header, "#include \"svc/request.h\"\n");
    Buf *source = output_file(output, "%s.events.c", file->name);
    source_begin(source, arena_printf(source->arena, "events of %s", file->name));
    buf_printf(source, "#include \"sentient/%s.events.h\"\n", file->name);
    for (size_t m = 0; m < file->count; m++)
        for (size_t e = 0; e < file->messages[m].event_count; e++)
            write_emit(header, source, &file->messages[m].events[e]);
    header_end(header);
}

void write_index(Output *output, const Model *model)
{
    Buf *buf = output_file(output, "contracts.h");
    header_begin(buf, NULL, "CONTRACTS", "the contracts of all services");
    buf_puts(buf, "#include \"kit/contract.h\"\n\nextern const Contract *const CONTRACTS[];\n"
                  "extern const size_t CONTRACT_COUNT;\n");
    header_end(buf);

    buf = output_file(output, "contracts.c");
    source_begin(buf, "the contracts of all services");
    buf_puts(buf, "#include \"sentient/contracts.h\"\n\n");
    size_t count = 0;
    for (size_t i = 0; i < model->count; i++)
        if (model->files[i].method_count)
            buf_printf(buf, "#include \"sentient/%s.contract.h\"\n", model->files[i].name);
    buf_puts(buf, "\nconst Contract *const CONTRACTS[] = {\n");
    for (size_t i = 0; i < model->count; i++)
        if (model->files[i].method_count) {
            buf_printf(buf, "    &%s_CONTRACT,\n", model->files[i].upper);
            count++;
        }
    buf_printf(buf, "};\nconst size_t CONTRACT_COUNT = %zu;\n", count);
}
