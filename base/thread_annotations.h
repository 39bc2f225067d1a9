// SPDX-License-Identifier: Apache-2.0
// Declares what each mutex protects, for clang's -Wthread-safety; empty for other compilers.
// Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#ifdef __clang__
#define SESAM_THREAD_ANNOTATION(...) __attribute__((__VA_ARGS__))
#else
#define SESAM_THREAD_ANNOTATION(...)
#endif

/// A class that can be locked, and a class that locks in its constructor and unlocks in its destructor.
#define SESAM_CAPABILITY(name) SESAM_THREAD_ANNOTATION(capability(name))
#define SESAM_SCOPED_CAPABILITY SESAM_THREAD_ANNOTATION(scoped_lockable)
/// A member that may be used only while the mutex is held.
#define SESAM_GUARDED_BY(mutex) SESAM_THREAD_ANNOTATION(guarded_by(mutex))
/// A function that may be called only while the mutex is held, and functions that lock and unlock it.
#define SESAM_REQUIRES(...) SESAM_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define SESAM_ACQUIRES(...) SESAM_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define SESAM_RELEASES(...) SESAM_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
/// A function that clang cannot analyze; a comment explains why it is correct.
#define SESAM_NOT_ANALYZED SESAM_THREAD_ANNOTATION(no_thread_safety_analysis)
