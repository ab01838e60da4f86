/* What is public: everything else is compiled with hidden visibility. */
#ifndef SWITCHIO_EXPORT_H
#define SWITCHIO_EXPORT_H

#if defined(__GNUC__)
#define SWIO_API            __attribute__((visibility("default")))
#define SWIO_PRINTF(fmt, a) __attribute__((format(printf, fmt, a)))
#else
#define SWIO_API
#define SWIO_PRINTF(fmt, a)
#endif

#endif
