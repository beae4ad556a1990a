/* Names of the headers between gateway, daemons and subscribers. */
#ifndef SF_KIT_ENVELOPE_H
#define SF_KIT_ENVELOPE_H

/* Requests: who asks, by when, and what the HTTP request said. Only the gateway's and the services'
 * NATS users may publish on request subjects, so a daemon believes them. */
#define HDR_USER            "Sf-User" /* uuid; absent: nobody is signed in */
#define HDR_USERNAME        "Sf-Username"
#define HDR_ROLE            "Sf-Role"        /* integer id */
#define HDR_PERMISSIONS     "Sf-Permissions" /* ",so.read,so.create," */
#define HDR_SESSION         "Sf-Session"     /* uuid */
#define HDR_REQUEST_ID      "Sf-Request-Id"
#define HDR_ADDRESS         "Sf-Address"         /* the client's */
#define HDR_IDEMPOTENCY_KEY "Sf-Idempotency-Key" /* only where the client gave one */
#define HDR_IF_MATCH        "Sf-If-Match"        /* a version */
#define HDR_DEADLINE        "Sf-Deadline" /* Unix milliseconds; a later daemon drops the request */
#define HDR_TRACEPARENT     "traceparent" /* W3C Trace Context */

/* Answers. */
#define HDR_ERROR_CODE                                                                             \
    "Nats-Service-Error-Code"          /* HTTP status; the payload is a sentient.Error             \
                                        */
#define HDR_ERROR "Nats-Service-Error" /* its message */
#define HDR_REPLAYED                                                                               \
    "Sf-Replayed" /* "1": the stored answer of an earlier request with this key                    \
                   */

/* Events: CloudEvents 1.0 in binary mode, and the id by which JetStream knows a repeat. */
#define HDR_CE_SPECVERSION "ce-specversion"
#define HDR_CE_ID          "ce-id"
#define HDR_CE_TYPE        "ce-type"
#define HDR_CE_SOURCE      "ce-source"
#define HDR_CE_TIME        "ce-time"
#define HDR_CE_SUBJECT     "ce-subject"  /* uuid of the document */
#define HDR_CE_SEQUENCE    "ce-sequence" /* counts per producing service and document */
#define HDR_CE_CONTENT     "ce-datacontenttype"

#endif
