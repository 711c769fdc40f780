// hidden(value): a value that the compiler cannot see, so that neither -ffast-math nor a warning depends on it.
#pragma once

namespace test {

template <class T> T hidden(T value) {
    const volatile T kept = value;
    return kept;
}

} // namespace test
