// What this build is: compiler, flags, and the few attributes that everything else spells through one name.
#pragma once

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "kuramoto needs C++20: compile with -std=c++20 or newer"
#endif

#if defined(__NVCC__) && defined(__CUDACC__)
#define KURAMOTO_NVCC 1 // NVIDIA's front end parses the code before the host compiler does
#else
#define KURAMOTO_NVCC 0
#endif

// Other compilers that define the macros of GCC or Clang. IntelliSense is accepted: it only parses the code.
#if defined(__NVCOMPILER) || defined(__INTEL_COMPILER) || defined(__PGI) ||                                            \
    (defined(__EDG__) && !KURAMOTO_NVCC && !defined(__INTELLISENSE__))
#error "kuramoto needs GCC >= 12 or Clang >= 14, also under nvcc: include it in a .cpp file for one of them"
#elif defined(__clang__)
#if __clang_major__ < 14
#error "kuramoto needs Clang 14 or newer"
#endif
#elif defined(__GNUC__)
#if __GNUC__ < 12
#error "kuramoto needs GCC 12 or newer"
#endif
#else
#error "kuramoto needs GCC >= 12 or Clang >= 14: its lanes are written with their vector extensions"
#endif

#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2
#error "kuramoto needs arithmetic that rounds to the type: x87 code does not (compile with -msse2 -mfpmath=sse)"
#endif

// -fsingle-precision-constant changes every constant of double arithmetic, and no macro reports it.
static_assert(0.1 != static_cast<double>(0.1F),
              "kuramoto needs double constants: compile without -fsingle-precision-constant");

#if defined(__x86_64__)
#define KURAMOTO_X86 1
#else
#define KURAMOTO_X86 0
#endif

// Attributes are in their reserved spelling: users' headers may define `noinline` or `noreturn` as macros.

/// Inlined whatever the optimisation level, and so compiled for the instruction set of its caller.
#define KURAMOTO_ALWAYS_INLINE [[__gnu__::__always_inline__]] inline
#if defined(__CUDACC__) || defined(__HIP__)
#define KURAMOTO_NEVER_INLINE [[__gnu__::noinline]] // CUDA and HIP define `__noinline__` as a macro
#else
#define KURAMOTO_NEVER_INLINE [[__gnu__::__noinline__]]
#endif
/// Between a kernel that has a target and a user's coupling, which has none and is not always_inline. GCC puts all of
/// it into the kernel because that is `flatten`, but looks at a coupling in time only if its callers are not
/// always_inline. Clang flattens only what a function calls itself: there the parts are always_inline, and what calls a
/// coupling is `flatten` on top.
#if defined(__clang__)
#define KURAMOTO_KERNEL_PART [[__gnu__::__always_inline__]] inline
#else
#define KURAMOTO_KERNEL_PART inline
#endif

// Checked element access. The one switch of the library: 1 makes Grid::operator() and Field::operator() check their
// indices. By default that is done in debug builds (NDEBUG not defined).
#ifndef KURAMOTO_CHECK_INDICES
#ifdef NDEBUG
#define KURAMOTO_CHECK_INDICES 0
#else
#define KURAMOTO_CHECK_INDICES 1
#endif
#endif

// Numeric code lives in an inline namespace that names the flags its machine code depends on. Two translation units
// built with different -march, -ffast-math, -fno-exceptions or index checks then never share a function: the linker
// would keep only one of the two and so change the other unit's results, or how it fails. Public types stay outside:
// they are the same everywhere, and their members that throw or compute are templates, one per build. (Copying a Field
// has no such symbol of its own; where memory runs out it fails in the way of one of the units.)
#if defined(__AVX512F__) && defined(__FMA__)
#define KURAMOTO_BUILD_ISA avx512
#elif defined(__FMA__)
#define KURAMOTO_BUILD_ISA fma
#elif defined(__AVX__)
#define KURAMOTO_BUILD_ISA avx
#else
#define KURAMOTO_BUILD_ISA base
#endif

#if defined(__FAST_MATH__)
#define KURAMOTO_BUILD_MATH _fast_math
#elif defined(__ASSOCIATIVE_MATH__) && __ASSOCIATIVE_MATH__
#define KURAMOTO_BUILD_MATH _associative_math
#elif defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#define KURAMOTO_BUILD_MATH _finite_math
#else
#define KURAMOTO_BUILD_MATH
#endif

#if defined(__cpp_exceptions)
#define KURAMOTO_BUILD_ERRORS
#else
#define KURAMOTO_BUILD_ERRORS _no_exceptions
#endif

#if KURAMOTO_CHECK_INDICES
#define KURAMOTO_BUILD_CHECKS _checked
#else
#define KURAMOTO_BUILD_CHECKS
#endif

#define KURAMOTO_JOIN_EXPANDED(a, b, c, d, e) a##b##c##d##e
#define KURAMOTO_JOIN(a, b, c, d, e) KURAMOTO_JOIN_EXPANDED(a, b, c, d, e)
/// The name of the inline namespace of this build, for example `build_base` or `build_avx512_fast_math`.
#define KURAMOTO_BUILD                                                                                                 \
    KURAMOTO_JOIN(build_, KURAMOTO_BUILD_ISA, KURAMOTO_BUILD_MATH, KURAMOTO_BUILD_ERRORS, KURAMOTO_BUILD_CHECKS)

/// Opens and closes `namespace kuramoto` with the inline namespace of this build.
#define KURAMOTO_BEGIN_NAMESPACE                                                                                       \
    namespace kuramoto {                                                                                               \
    inline namespace KURAMOTO_BUILD {
#define KURAMOTO_END_NAMESPACE                                                                                         \
    }                                                                                                                  \
    }

/// Begins a member function of a public type that throws or computes: one symbol per build.
#define KURAMOTO_PER_BUILD template <class = Build>

KURAMOTO_BEGIN_NAMESPACE
/// A type of its own for each set of flags: as a defaulted template argument it gives a member function of a public
/// class one symbol per build, as the inline namespace does for free functions.
struct Build {};
/// Everything that is not for users. Declared here, so that every header that says `namespace kuramoto::detail` means
/// this one.
namespace detail {}
KURAMOTO_END_NAMESPACE
