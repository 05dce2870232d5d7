#ifndef AETOOL_ALLOCATION_COUNTER_H
#define AETOOL_ALLOCATION_COUNTER_H

#include <stdint.h>

/// Calls of malloc, calloc, realloc and aligned allocation by any thread of this process so far.
uint64_t aetool_allocations(void);
/// The bytes that they asked for.
uint64_t aetool_allocated_bytes(void);

#endif
