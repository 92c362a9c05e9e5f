// As <sys/mount.h> of Darwin declares it; for the type-check alone.
#include <stdint.h>
#define MNT_LOCAL 0x00001000
struct statfs { uint32_t f_bsize; uint64_t f_bavail; uint32_t f_flags; };
int statfs(const char *path, struct statfs *status);
