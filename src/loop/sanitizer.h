/* Which sanitizer this is compiled for: gcc and clang say it differently. */
#ifndef SWIO_LOOP_SANITIZER_H
#define SWIO_LOOP_SANITIZER_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SWIO_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define SWIO_TSAN 1
#endif
#endif

#if !defined(SWIO_ASAN) && defined(__SANITIZE_ADDRESS__)
#define SWIO_ASAN 1
#endif
#if !defined(SWIO_TSAN) && defined(__SANITIZE_THREAD__)
#define SWIO_TSAN 1
#endif

#ifndef SWIO_ASAN
#define SWIO_ASAN 0
#endif
#ifndef SWIO_TSAN
#define SWIO_TSAN 0
#endif

#endif
