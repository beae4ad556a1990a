/* protoc-gen-sentient: the contract in proto/ becomes tables, prototypes, OpenAPI and Postman.
 * As a plugin of protoc, or with `--expand <from> <to>` the step before it (expand.h). */
#include <string.h>

#include "descriptor.h"
#include "expand.h"
#include "model.h"
#include "output.h"
#include "plugin.pb-c.h"

static void generate(Output *output, Model *model)
{
    for (size_t i = 0; i < model->count; i++) {
        const File *file = &model->files[i];
        write_contract(output, model, file);
        if (!file->method_count)
            continue;
        write_handlers(output, file);
        write_dispatch(output, file);
        write_client(output, file);
        write_events(output, file);
    }
    write_index(output, model);
    write_openapi(output, model);
}

static void respond_files(Plugin__Response *response, const Output *output)
{
    response->file = arena_array(output->arena, output->count, sizeof *response->file);
    for (OutputFile *file = output->first; file; file = file->next) {
        Plugin__File *out = ARENA_NEW(output->arena, Plugin__File);
        plugin__file__init(out);
        out->name = arena_strdup(output->arena, file->name);
        out->content = file->text.data;
        response->file[response->n_file++] = out;
    }
}

static bool respond(Arena *arena, const Plugin__Response *response)
{
    size_t length;
    uint8_t *data = message_pack(arena, &response->base, &length);
    return fwrite(data, 1, length, stdout) == length && fflush(stdout) == 0;
}

static int plugin(Arena *arena)
{
    size_t length;
    uint8_t *data = stream_read(arena, stdin, &length);
    Plugin__Request *request =
        data ? message_unpack(arena, &plugin__request__descriptor, data, length) : NULL;
    if (!request) {
        (void)fputs("stdin is no CodeGeneratorRequest\n", stderr);
        return 1;
    }
    Model model = {.arena = arena, .faults = {.arena = arena}};
    Output output = {.arena = arena};
    Plugin__Response response = PLUGIN__RESPONSE__INIT;
    model_load(&model, request->proto_file, request->n_proto_file);
    model_check(&model);
    if (model.fault_count) {
        response.error = arena_printf(arena, "the contract is broken in %zu places:\n%s",
                                      model.fault_count, model.faults.data);
    } else {
        generate(&output, &model);
        respond_files(&response, &output);
    }
    return respond(arena, &response) ? 0 : 1;
}

int main(int argc, char **argv)
{
    bool expanding = argc == 4 && strcmp(argv[1], "--expand") == 0;
    if (argc != 1 && !expanding) {
        (void)fputs("usage: protoc-gen-sentient [--expand <from> <to>]\n", stderr);
        return 2;
    }
    Arena *arena = arena_new(1024);
    int code = expanding ? expand(arena, argv[2], argv[3]) : plugin(arena);
    arena_delete(arena);
    return code;
}
