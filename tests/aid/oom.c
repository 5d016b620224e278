/* oom.c - malloc and its kin, in front of the real ones, with a counter that makes one of them fail.
 *
 * A definition in the program wins over those of shared libraries, and the names
 * that the real ones have besides need no look-up: __libc_malloc in glibc,
 * __interceptor_malloc in the runtime of AddressSanitizer (gcc's and clang's).
 * The state is per thread, so that a server running beside a test is left alone.
 */
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WITH_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITH_SANITIZER
#endif

/* ThreadSanitizer is not ready yet when the first allocations come: it must not watch these. */
#ifdef __clang__
#define UNWATCHED __attribute__((disable_sanitizer_instrumentation))
#else
#define UNWATCHED __attribute__((no_sanitize("thread")))
#endif

#ifdef WITH_SANITIZER
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t);
void *REAL(calloc)(size_t, size_t);
void *REAL(realloc)(void *, size_t);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *p, size_t size);

static _Thread_local struct {
	bool armed, onwards, hit;
	size_t asked, fails; /* the fails-th of those asked for */
} state;

UNWATCHED static bool
must_fail(void)
{
	if (!state.armed)
		return false;
	state.asked++;
	if (state.fails == 0 || state.asked < state.fails ||
		(state.asked > state.fails && !state.onwards))
		return false;
	state.hit = true;
	errno = ENOMEM;
	return true;
}

UNWATCHED void *
malloc(size_t size)
{
	return must_fail() ? NULL : REAL(malloc)(size);
}

UNWATCHED void *
calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : REAL(calloc)(count, size);
}

UNWATCHED void *
realloc(void *p, size_t size)
{
	return must_fail() ? NULL : REAL(realloc)(p, size);
}

void
oom_arm(size_t n, bool onwards)
{
	state.asked = 0;
	state.fails = n;
	state.onwards = onwards;
	state.hit = false;
	state.armed = true;
}

size_t
oom_disarm(void)
{
	state.armed = false;
	return state.asked;
}

bool
oom_hit(void)
{
	return state.hit;
}

/* True when the run came as far as its n-th allocation. */
static bool
run_with(int (*fn)(void *), void *arg, size_t n, bool onwards, size_t *failed)
{
	oom_arm(n, onwards);
	int r = fn(arg);
	oom_disarm();
	if (r != 0 && !(oom_hit() && r == -ENOMEM))
		fail_msg("result %d with allocation %zu failing%s", r, n,
			onwards ? " and all that follow" : "");
	*failed += r != 0;
	return oom_hit();
}

size_t
oom_each(int (*fn)(void *arg), void *arg)
{
	size_t failed = 0;

	for (size_t n = 1; run_with(fn, arg, n, false, &failed); n++)
		run_with(fn, arg, n, true, &failed);
	return failed;
}
