/* Third parties' JSON as a tree of cJSON. Not for requests and figures: kit/json.h reads those. */
#ifndef SF_KIT_JSON_TREE_H
#define SF_KIT_JSON_TREE_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* One value and nothing after it, of valid UTF-8, at most 16 deep, without U+0000 and without raw
 * control characters in strings: what cJSON alone lets through or cuts. NULL where it isn't so;
 * cJSON_Delete() the tree. Numbers are doubles: money is read elsewhere. */
cJSON *json_tree(const char *text, size_t length);

#endif
