// The phases as a .npy file or stream.
#pragma once

#include "stream.hpp"

#include <lattices.hpp>
#include <processes.hpp>

#include <kuramoto/npy.hpp>

#include <string>

namespace simulate {

/// Writes the bytes of kuramoto::write_npy, to a file or a stream.
template <class T> void write_phases(const std::string& name, const Lattice<T>& theta) {
    namespace detail = kuramoto::detail;
    const int descriptor = first_says([&] { return descriptor_named(name).value_or(-1); });
    if (descriptor < 0) return kuramoto::write_npy(name, argument(theta));
    with_whole(theta, [&](const kuramoto::Field<T>& whole) {
        const OutputStream stream(name, descriptor);
        const std::string header = detail::npy_header_text(detail::descr_of<T>(), {whole.rows(), whole.cols()});
        stream.write(header.data(), header.size());
        detail::write_cells(stream, kuramoto::as_grid(whole), false);
    });
}

} // namespace simulate
