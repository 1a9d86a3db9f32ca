#ifndef CFUZZER_SHIM_H
#define CFUZZER_SHIM_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's driver; it never returns, or returns the exit status.
extern int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));

// The bytes of the heap that are in use, as the address sanitizer counts them.
extern size_t __sanitizer_get_current_allocated_bytes(void);

// Prints which callers the heap's blocks come from.
extern void __sanitizer_print_memory_profile(size_t percent, size_t contexts);

#endif
