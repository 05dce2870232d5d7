#ifndef AETOOL_CPU_CHECK_H
#define AETOOL_CPU_CHECK_H

/// The instruction set that this program was compiled for: "x86-64-v4", "x86-64-v3" or "baseline".
const char *aetool_built_for(void);

#endif
