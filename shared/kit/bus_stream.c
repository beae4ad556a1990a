/* JetStream: publishing with acknowledgement, looking messages up, reading in order from a
 * sequence. */
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "kit/bus_private.h"

enum { PUBLISH_WAIT_MS = 2000, API_WAIT_MS = 3000, DUPLICATES_S = 600 };

/* The reader has a connection of its own: its subscription is only destroyed after its connection
 * is closed, since 3.4.1 may touch a subscription that has just gone. */
struct BusStream {
    Bus *bus;
    jsCtx *context;
    const char *name;
    Bus *reader;
    jsCtx *reader_context;
    natsSubscription *subscription;
};

BusStream *bus_stream_new(Bus *bus, const char *stream)
{
    BusStream *made = calloc(1, sizeof *made);
    if (!made)
        abort();
    *made = (BusStream){.bus = bus, .name = stream};
    jsOptions options;
    (void)jsOptions_Init(&options);
    options.Wait = API_WAIT_MS;
    if (natsConnection_JetStream(&made->context, bus->connection, &options) == NATS_OK)
        return made;
    free(made);
    return NULL;
}

static void reader_close(BusStream *stream)
{
    if (!stream->reader)
        return;
    bus_close(stream->reader);
    natsSubscription_Destroy(stream->subscription);
    jsCtx_Destroy(stream->reader_context);
    bus_delete(stream->reader);
    stream->reader = NULL;
    stream->reader_context = NULL;
    stream->subscription = NULL;
}

void bus_stream_delete(BusStream *stream)
{
    if (!stream)
        return;
    reader_close(stream);
    jsCtx_Destroy(stream->context);
    free(stream);
}

static const Err *stream_error(natsStatus status, jsErrCode code)
{
    if (status == NATS_NOT_FOUND || code == JSStreamNotFoundErr || code == JSNoMessageFoundErr)
        return &ERR_NO_DOCUMENT;
    return &BUS_AWAY;
}

static bool stream_takes(const jsStreamConfig *config, const char *subject)
{
    for (int i = 0; i < config->SubjectsLen; i++)
        if (str_eq(config->Subjects[i], subject))
            return true;
    return false;
}

/* An older release may have made the stream with fewer subjects. */
static natsStatus stream_add_subjects(BusStream *stream, jsStreamInfo *info, const char **subjects,
                                      int count)
{
    jsErrCode code = 0;
    bool all = true;
    for (int i = 0; i < count; i++)
        all = all && stream_takes(info->Config, subjects[i]);
    if (all)
        return NATS_OK;
    jsStreamConfig config = *info->Config;
    config.Subjects = subjects;
    config.SubjectsLen = count;
    return js_UpdateStream(NULL, stream->context, &config, NULL, &code);
}

const Err *bus_stream_ensure(BusStream *stream, Arena *arena, const char **subjects, int count,
                             int64_t max_bytes, int64_t max_age_s)
{
    jsStreamConfig config;
    jsErrCode code = 0;
    jsStreamInfo *info = NULL;
    (void)jsStreamConfig_Init(&config);
    config.Name = stream->name;
    config.Subjects = subjects;
    config.SubjectsLen = count;
    config.MaxBytes = max_bytes;
    config.MaxAge = max_age_s * INT64_C(1000000000);
    config.Duplicates = DUPLICATES_S * INT64_C(1000000000);
    config.Discard = js_DiscardOld;
    config.Storage = js_FileStorage;
    natsStatus s = js_GetStreamInfo(&info, stream->context, stream->name, NULL, &code);
    if (s == NATS_OK) {
        s = stream_add_subjects(stream, info, subjects, count);
    } else if (s == NATS_NOT_FOUND || code == JSStreamNotFoundErr) {
        s = js_AddStream(NULL, stream->context, &config, NULL, &code);
        if (code == JSStreamNameExistErr)
            s = NATS_OK; /* another service was faster */
    }
    jsStreamInfo_Destroy(info);
    if (s == NATS_OK)
        return NULL;
    const char *text = nats_GetLastError(NULL);
    return err_with_cause(arena, &BUS_AWAY, "stream %s cannot be made: %s, code %d: %s",
                          stream->name, natsStatus_GetText(s), (int)code, text ? text : "");
}

const Err *bus_stream_state(BusStream *stream, BusStreamState *ret_state)
{
    jsStreamInfo *info = NULL;
    jsErrCode code = 0;
    natsStatus s = js_GetStreamInfo(&info, stream->context, stream->name, NULL, &code);
    if (s != NATS_OK)
        return stream_error(s, code);
    *ret_state = (BusStreamState){
        .created = info->Created / 1000,
        .first = info->State.FirstSeq,
        .last = info->State.LastSeq,
        .bytes = (int64_t)info->State.Bytes,
        .max_bytes = info->Config->MaxBytes,
    };
    jsStreamInfo_Destroy(info);
    return NULL;
}

const Err *bus_stream_publish(BusStream *stream, Arena *arena, const char *subject, const char *id,
                              const BusHeader *headers, const void *data, size_t length,
                              uint64_t *ret_sequence)
{
    if (!bus_connected(stream->bus))
        return &BUS_AWAY;
    natsMsg *msg = bus_compose(subject, NULL, headers, data, length);
    if (!msg)
        return &BUS_AWAY;
    jsPubOptions options;
    jsPubAck *ack = NULL;
    jsErrCode code = 0;
    (void)jsPubOptions_Init(&options);
    options.MsgId = id;
    options.ExpectStream = stream->name;
    options.MaxWait = PUBLISH_WAIT_MS;
    natsStatus s = js_PublishMsg(&ack, stream->context, msg, &options, &code);
    natsMsg_Destroy(msg);
    if (s == NATS_NO_RESPONDERS)
        return &ERR_NO_DOCUMENT; /* no stream takes this subject */
    if (s != NATS_OK)
        return err_with_cause(arena, stream_error(s, code), "%s: %s, code %d", subject,
                              natsStatus_GetText(s), (int)code);
    *ret_sequence = ack->Sequence;
    jsPubAck_Destroy(ack);
    return NULL;
}

const Err *bus_stream_consume(BusStream *stream, uint64_t sequence)
{
    reader_close(stream);
    stream->reader = bus_new(&stream->bus->config);
    if (!stream->reader || !bus_wait_connected(stream->reader, API_WAIT_MS)) {
        reader_close(stream);
        return &BUS_AWAY;
    }
    jsSubOptions options;
    jsErrCode code = 0;
    (void)jsSubOptions_Init(&options);
    options.Stream = stream->name;
    options.Ordered = true;
    options.Config.DeliverPolicy = js_DeliverByStartSequence;
    options.Config.OptStartSeq = sequence ? sequence : 1;
    natsStatus s =
        natsConnection_JetStream(&stream->reader_context, stream->reader->connection, NULL);
    s = s == NATS_OK ? js_SubscribeSync(&stream->subscription, stream->reader_context, ">", NULL,
                                        &options, &code)
                     : s;
    if (s == NATS_OK)
        return NULL;
    log_warn("stream cannot be read", LOG_STR("status", natsStatus_GetText(s)),
             LOG_INT("code", code));
    reader_close(stream);
    return &BUS_AWAY;
}

bool bus_stream_next(BusStream *stream, Arena *arena, int64_t timeout_ms, BusMessage *ret_message)
{
    natsMsg *msg = NULL;
    if (!stream->subscription ||
        natsSubscription_NextMsg(&msg, stream->subscription, timeout_ms > 0 ? timeout_ms : 1) !=
            NATS_OK)
        return false;
    jsMsgMetaData *meta = NULL;
    bool ok = natsMsg_GetMetaData(&meta, msg) == NATS_OK;
    if (ok) {
        *ret_message = bus_message(arena, msg);
        ret_message->sequence = meta->Sequence.Stream;
    }
    jsMsgMetaData_Destroy(meta);
    natsMsg_Destroy(msg);
    return ok;
}

const Err *bus_stream_get(BusStream *stream, Arena *arena, uint64_t sequence,
                          BusMessage *ret_message)
{
    natsMsg *msg = NULL;
    jsErrCode code = 0;
    natsStatus s = js_GetMsg(&msg, stream->context, stream->name, sequence, NULL, &code);
    if (s != NATS_OK)
        return stream_error(s, code);
    *ret_message = bus_message(arena, msg);
    ret_message->sequence = natsMsg_GetSequence(msg);
    natsMsg_Destroy(msg);
    return NULL;
}
