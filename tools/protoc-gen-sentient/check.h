/* The parts of model_check(): each adds a fault per rule that its element breaks. */
#ifndef SENTIENT_GEN_CHECK_H
#define SENTIENT_GEN_CHECK_H

#include "model.h"

void check_method(Model *model, const Method *method);
void check_message(Model *model, const Message *message);
/* NULL where `default_value` is a value that a request could give; else what is wrong with it. */
const char *default_fault(const Field *field);
/* Whether the text is that many words [a-z][a-z0-9_]* with dots between. */
bool is_name(const char *text, unsigned parts);

#endif
