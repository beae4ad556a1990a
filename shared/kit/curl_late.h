/* libcurl, loaded by the first who needs it: some thirty libraries and 4 MiB come with it, and most
 * processes never make a call. Not a client: those are http_client.c and mail.c, which include this
 * in place of curl/curl.h and call libcurl by its own names. */
#ifndef SF_KIT_CURL_LATE_H
#define SF_KIT_CURL_LATE_H

#include <curl/curl.h>
#include <stdbool.h>

#undef curl_easy_getinfo
#undef curl_easy_setopt

#define CURL_LATE(X)                                                                               \
    X(easy_cleanup)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_init)                                                                                   \
    X(easy_perform)                                                                                \
    X(easy_setopt)                                                                                 \
    X(easy_strerror)                                                                               \
    X(free)                                                                                        \
    X(global_init)                                                                                 \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(url)                                                                                         \
    X(url_cleanup)                                                                                 \
    X(url_get)                                                                                     \
    X(url_set)

#define CURL_LATE_MEMBER(name) __typeof__(curl_##name) *name;
typedef struct CurlLate {
    CURL_LATE(CURL_LATE_MEMBER)
} CurlLate;
#undef CURL_LATE_MEMBER

/* Filled by curl_late(). */
extern CurlLate curl_loaded;

/* Loads and sets up libcurl, once per process. False where there is none, or another than this was
 * built for; then nothing else may be called. Any thread. */
bool curl_late(void);

#define curl_easy_cleanup   curl_loaded.easy_cleanup
#define curl_easy_getinfo   curl_loaded.easy_getinfo
#define curl_easy_init      curl_loaded.easy_init
#define curl_easy_perform   curl_loaded.easy_perform
#define curl_easy_setopt    curl_loaded.easy_setopt
#define curl_easy_strerror  curl_loaded.easy_strerror
#define curl_free           curl_loaded.free
#define curl_slist_append   curl_loaded.slist_append
#define curl_slist_free_all curl_loaded.slist_free_all
#define curl_url            curl_loaded.url
#define curl_url_cleanup    curl_loaded.url_cleanup
#define curl_url_get        curl_loaded.url_get
#define curl_url_set        curl_loaded.url_set

#endif
