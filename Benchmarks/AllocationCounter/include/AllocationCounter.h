#ifndef AETOOL_ALLOCATION_COUNTER_H
#define AETOOL_ALLOCATION_COUNTER_H

#include <stdint.h>

/// Returns how often any thread of this process has called malloc, calloc, realloc or aligned allocation so far.
uint64_t aetool_allocations(void);
/// Returns how many bytes those calls asked for.
uint64_t aetool_allocated_bytes(void);

#endif
