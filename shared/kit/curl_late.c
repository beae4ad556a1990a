/* Finding libcurl's functions. */
#include "kit/curl_late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include "base/log.h"

CurlLate curl_loaded;
static bool ready;

typedef struct Name {
    const char *name;
    size_t offset;
} Name;

static bool find_all(void *library)
{
#define CURL_LATE_NAME(name) {"curl_" #name, offsetof(CurlLate, name)},
    static const Name NAMES[] = {CURL_LATE(CURL_LATE_NAME)};
#undef CURL_LATE_NAME
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        void *function = dlsym(library, NAMES[i].name);
        if (!function)
            return false;
        *(void **)((char *)&curl_loaded + NAMES[i].offset) = function;
    }
    return true;
}

static void load(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    ready =
        library && find_all(library) && curl_loaded.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!ready)
        log_error("libcurl cannot be loaded", LOG_STR("cause", dlerror()));
}

bool curl_late(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    return ready;
}
