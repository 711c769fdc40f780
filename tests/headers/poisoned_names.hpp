// Names that headers of systems and libraries, or users, define as macros. The definitions here do not compile where a
// header of the library uses the name. This file is included after the standard headers that the library uses. It
// cannot hold names of the public interface or of the standard library. Names of function-like macros are function-like
// macros here, too.
#define KURAMOTO_POISON )a macro of somebody else(

// C: <complex.h>, <stdnoreturn.h>, <threads.h>, and what GCC defines without -std=c++20.
#define _Complex_I KURAMOTO_POISON
#define _Imaginary_I KURAMOTO_POISON
#define I KURAMOTO_POISON
#define complex KURAMOTO_POISON
#undef i386
#define i386 KURAMOTO_POISON
#undef linux
#define linux KURAMOTO_POISON
#define noreturn KURAMOTO_POISON
#undef unix
#define unix KURAMOTO_POISON

// Letters that programs define as sizes and constants. The template parameters B C D G P S T V of the library and the
// public K are not among them: we know of no header that defines them, except as function-like macros.
#define A KURAMOTO_POISON
#define E KURAMOTO_POISON
#define F KURAMOTO_POISON
#define H KURAMOTO_POISON
#define J KURAMOTO_POISON
#define L KURAMOTO_POISON
#define M KURAMOTO_POISON
#define N KURAMOTO_POISON
#define O KURAMOTO_POISON
#define Q KURAMOTO_POISON
#define R KURAMOTO_POISON
#define U KURAMOTO_POISON
#define W KURAMOTO_POISON
#define X KURAMOTO_POISON
#define Y KURAMOTO_POISON
#define Z KURAMOTO_POISON
#define K(t, v) KURAMOTO_POISON // <linux/keyboard.h>

// The C library: <sys/sysmacros.h>, <math.h> of System V, <ctype.h> of newlib, <termios.h>, <rpcsvc/key_prot.h>.
#define B0 KURAMOTO_POISON
#define DOMAIN KURAMOTO_POISON
#define ECHO KURAMOTO_POISON
#define HUGE KURAMOTO_POISON
#define OVERFLOW KURAMOTO_POISON
#define PI KURAMOTO_POISON
#define PLOSS KURAMOTO_POISON
#define SING KURAMOTO_POISON
#define TLOSS KURAMOTO_POISON
#define UNDERFLOW KURAMOTO_POISON
#define _B KURAMOTO_POISON
#define _C KURAMOTO_POISON
#define _L KURAMOTO_POISON
#define _N KURAMOTO_POISON
#define _P KURAMOTO_POISON
#define _S KURAMOTO_POISON
#define _U KURAMOTO_POISON
#define _X KURAMOTO_POISON
#define barrier KURAMOTO_POISON
#define bytes(type) KURAMOTO_POISON // <linux/netfilter/xt_sctp.h>
#define major KURAMOTO_POISON
#define makedev KURAMOTO_POISON
#define minor KURAMOTO_POISON
#define opaque KURAMOTO_POISON
#define sun KURAMOTO_POISON
#define vax KURAMOTO_POISON

// <term.h> and <curses.h>, X11, GLib, FLTK.
#define Above KURAMOTO_POISON
#define Always KURAMOTO_POISON
#define Below KURAMOTO_POISON
#define Bool KURAMOTO_POISON
#define Complex KURAMOTO_POISON
#define Convex KURAMOTO_POISON
#define CursorShape KURAMOTO_POISON
#define Expose KURAMOTO_POISON
#define FALSE KURAMOTO_POISON
#define False KURAMOTO_POISON
#define MAX KURAMOTO_POISON
#define MIN KURAMOTO_POISON
#define None KURAMOTO_POISON
#define Nonconvex KURAMOTO_POISON
#define Status KURAMOTO_POISON
#define Success KURAMOTO_POISON
#define TRUE KURAMOTO_POISON
#define True KURAMOTO_POISON
#define Unsorted KURAMOTO_POISON
#define bell KURAMOTO_POISON
#define columns KURAMOTO_POISON
#define index(s, c) KURAMOTO_POISON
#define lines KURAMOTO_POISON
#define lines_of_memory KURAMOTO_POISON
#define move(y, x) KURAMOTO_POISON
#define timeout(ms) KURAMOTO_POISON
#define tab KURAMOTO_POISON

// Qt, R, Ruby, Graphviz, Perl, the collector of Boehm, Open MPI.
#define calloc(count, size) KURAMOTO_POISON
#define choose KURAMOTO_POISON
#define emit KURAMOTO_POISON
#define foreach KURAMOTO_POISON
#define forever KURAMOTO_POISON
#define free(p) KURAMOTO_POISON
#define isNull KURAMOTO_POISON
#define length(x) KURAMOTO_POISON
#define malloc(size) KURAMOTO_POISON
#define ncols KURAMOTO_POISON
#define nrows KURAMOTO_POISON
#define realloc(p, size) KURAMOTO_POISON
#define sign KURAMOTO_POISON
#define signals KURAMOTO_POISON
#define sincos(x, s, c) KURAMOTO_POISON
#define slots KURAMOTO_POISON
#define strtod(s, e) KURAMOTO_POISON

// Windows, macOS (<AssertMacros.h>), AltiVec, Arduino.
#define CONST KURAMOTO_POISON
#define DELETE KURAMOTO_POISON
#define ERROR KURAMOTO_POISON
#define IN KURAMOTO_POISON
#define OPTIONAL KURAMOTO_POISON
#define OUT KURAMOTO_POISON
#define check KURAMOTO_POISON
#define far KURAMOTO_POISON
#define hyper KURAMOTO_POISON
#define interface KURAMOTO_POISON
#define max(a, b) KURAMOTO_POISON
#define min(a, b) KURAMOTO_POISON
#define near KURAMOTO_POISON
#define pixel KURAMOTO_POISON
#define rad1 KURAMOTO_POISON
#define require KURAMOTO_POISON
#define small KURAMOTO_POISON
#define verify KURAMOTO_POISON

// As the kernel of Linux and many programs spell attributes and checks.
#define Assert KURAMOTO_POISON
#define DEBUG KURAMOTO_POISON
#define Debug KURAMOTO_POISON
#define always_inline KURAMOTO_POISON
#define assume KURAMOTO_POISON
#define fallthrough KURAMOTO_POISON
#define flatten KURAMOTO_POISON
#define gnu KURAMOTO_POISON
#define likely KURAMOTO_POISON
#define noinline KURAMOTO_POISON
#define packed KURAMOTO_POISON
#define pure KURAMOTO_POISON
#define restrict KURAMOTO_POISON
#define target KURAMOTO_POISON
#define unlikely KURAMOTO_POISON
#define vector_size KURAMOTO_POISON
