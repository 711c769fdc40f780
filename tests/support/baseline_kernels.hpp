// Include it first: it compiles every kernel for the baseline instruction set alone, and the library then finds a
// processor without AVX2. For tests of what is done with kernels, which other tests run with every instruction set.
#pragma once

#include <kuramoto/detail/simd/primitives.hpp>

#pragma push_macro("KURAMOTO_X86")
#undef KURAMOTO_X86
#define KURAMOTO_X86 0
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/execution/isa.hpp>
#pragma pop_macro("KURAMOTO_X86")
