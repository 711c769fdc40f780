// One kernel compiled for several instruction sets, and the function of a given Isa. execution/isa.hpp chooses the Isa.
//
// A kernel is a type with a static function template `run<V>(arguments…)`, where V is Lanes<T, Level>. It is written
// once. Here it becomes one function per instruction set, which carries the target and `flatten`: everything that `run`
// calls, a user's coupling as well, is compiled into that function.
#pragma once

#include <kuramoto/detail/simd/primitives.hpp>
#include <kuramoto/execution/isa.hpp>

// A kernel for wide registers. Clang would not align the stack for those that it saves there. Where one lies across two
// pages, in one of about 60 runs, each iteration takes up to 3.5 times as long. (As CUDA, Clang also compiles for a
// device, which does not have the attribute.)
#if defined(__clang__) && __has_cpp_attribute(__gnu__::__force_align_arg_pointer__)
#define KURAMOTO_WIDE_KERNEL [[__gnu__::__flatten__, __gnu__::__force_align_arg_pointer__]]
#else
#define KURAMOTO_WIDE_KERNEL [[__gnu__::__flatten__]]
#endif

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The functions made of a kernel, of type `Function`.
template <class Kernel, class T, class Function> struct Compiled;

template <class Kernel, class T, class Result, class... Arguments>
struct Compiled<Kernel, T, Result (*)(Arguments...) noexcept> {
    [[__gnu__::__flatten__]] static Result baseline(Arguments... arguments) noexcept {
        return Kernel::template run<Lanes<T, Baseline>>(arguments...);
    }
#if KURAMOTO_X86
    KURAMOTO_TARGET_AVX2 KURAMOTO_WIDE_KERNEL static Result avx2(Arguments... arguments) noexcept {
        return Kernel::template run<Lanes<T, Avx2>>(arguments...);
    }
    KURAMOTO_TARGET_AVX512 KURAMOTO_WIDE_KERNEL static Result avx512(Arguments... arguments) noexcept {
        return Kernel::template run<Lanes<T, Avx512>>(arguments...);
    }
#endif
};

/// The kernel on lanes of T for an instruction set that this processor has. `Function`: a pointer to a noexcept
/// function with the arguments of `run`.
template <class Kernel, class T, class Function> Function kernel_for([[maybe_unused]] Isa isa) noexcept {
    using Functions = Compiled<Kernel, T, Function>;
#if KURAMOTO_X86
    if (isa == Isa::avx512) return Functions::avx512;
    if (isa == Isa::avx2) return Functions::avx2;
#endif
    return Functions::baseline;
}

} // namespace detail
KURAMOTO_END_NAMESPACE

#undef KURAMOTO_WIDE_KERNEL
