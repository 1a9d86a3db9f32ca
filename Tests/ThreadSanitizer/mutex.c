// Tells the thread sanitizer what Synchronization.Mutex orders.
//
// The library of Swift's Synchronization module is not compiled for the sanitizer. Where a mutex is free its lock is an
// atomic operation in the program's own code, which the sanitizer sees; a thread that has to wait goes through these two
// functions of the library, and what happens inside of `withLock` then looks like a race, in a three-line program as
// well. Loaded before the library (LD_PRELOAD), this calls the genuine functions and notes the order.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
// Synchronization._MutexHandle._lockSlow(UInt32) and _unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// The sanitizer's own; programs without it are started under this as well.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

typedef SWIFT void Lock(uint32_t thread, SELF void *mutex);
typedef SWIFT void Unlock(SELF void *mutex);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
    static Lock *genuine;
    if (!genuine) genuine = (Lock *)dlsym(RTLD_NEXT, LOCK);
    genuine(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK);
SWIFT void unlock_slow(SELF void *mutex) {
    static Unlock *genuine;
    if (!genuine) genuine = (Unlock *)dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(mutex);
    genuine(mutex);
}
