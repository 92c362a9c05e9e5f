#include <zlib.h>

/// `deflateInit2` is a macro, which Swift cannot read: a gzip stream at a level, with zlib's other defaults.
static inline int experiments_deflate_init_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

/// `inflateInit2` likewise: a stream with a gzip header.
static inline int experiments_inflate_init_gzip(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}
