#ifndef AETOOL_PNG_SHIM_H
#define AETOOL_PNG_SHIM_H

#include <png.h>

#endif
