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

/* Around the declarations of each header, for C++. */
#ifdef __cplusplus
#define SWIO_BEGIN_DECLS extern "C" {
#define SWIO_END_DECLS   }
#else
#define SWIO_BEGIN_DECLS
#define SWIO_END_DECLS
#endif

#endif
