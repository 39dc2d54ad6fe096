// Nothing to call: the linker puts the functions of this target in the place of the C library's.
#ifndef CALLOCATION_H
#define CALLOCATION_H
#endif
