/* The settings of auth alone. */
#ifndef SF_AUTH_SETTINGS_H
#define SF_AUTH_SETTINGS_H

#include "kit/config.h"

extern const Setting AUTH_SETTINGS[];

#endif
