/* The step before generation: descriptors as protoc wrote them become those that code is made from.
 * Changes nothing that a .proto file says about the contract. */
#ifndef SENTIENT_GEN_EXPAND_H
#define SENTIENT_GEN_EXPAND_H

#include "base/arena.h"

/* Copies the FileDescriptorSet in the file `from` to `to`: messages that a PUT takes get the hidden
 * list `given`; options.proto and what it imports are left out, since generated code needs neither.
 * Returns the exit code; what went wrong stands on stderr. */
int expand(Arena *arena, const char *from, const char *to);

#endif
