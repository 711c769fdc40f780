// The phases as a .npy file or stream.
#pragma once

#include "stream.hpp"

#include <kuramoto/npy.hpp>

#include <string>

namespace simulate {

/// Writes the bytes of kuramoto::write_npy, to a file or a stream.
template <class T> void write_phases(const std::string& name, const kuramoto::Field<T>& theta) {
    namespace detail = kuramoto::detail;
    const auto descriptor = descriptor_named(name);
    if (!descriptor) return kuramoto::write_npy(name, theta);
    const OutputStream stream(name, *descriptor);
    const std::string header = detail::npy_header_text(detail::descr_of<T>(), {theta.rows(), theta.cols()});
    stream.write(header.data(), header.size());
    detail::write_cells(stream, kuramoto::as_grid(theta), false);
}

} // namespace simulate
