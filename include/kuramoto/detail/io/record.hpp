// A record of a checkpoint: a name, a type and a value.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/grid/field.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <type_traits>

namespace kuramoto {

/// The type of a record's value. The numbers stand in the file.
enum class RecordType : unsigned char {
    integer = 1,          ///< std::int64_t
    unsigned_integer = 2, ///< std::uint64_t
    number = 3,           ///< `double`
    text = 4,             ///< std::string, any bytes
    float32_field = 5,    ///< rows × cols cells of `float`
    float64_field = 6,    ///< rows × cols cells of `double`
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

inline constexpr std::size_t longest_record_name = 64;
inline constexpr std::size_t longest_record_text = 65535;

inline bool is_field(RecordType type) noexcept {
    return type == RecordType::float32_field || type == RecordType::float64_field;
}

/// A type as an error message shows it.
inline const char* type_text(RecordType type) noexcept {
    switch (type) {
    case RecordType::integer:
        return "an integer";
    case RecordType::unsigned_integer:
        return "an unsigned integer";
    case RecordType::number:
        return "a number";
    case RecordType::text:
        return "a text";
    case RecordType::float32_field:
        return "a field of float32";
    case RecordType::float64_field:
        return "a field of float64";
    }
    return "";
}

/// Whether a record can have this name. The names are compared and printed: no spaces, no control characters.
inline bool is_record_name(const std::string& name) noexcept {
    if (name.empty() || name.size() > longest_record_name) return false;
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
              c == '.'))
            return false;
    return true;
}

/// The rule of is_record_name, for error messages.
inline std::string record_name_rule() {
    return "1 to " + integer_text(longest_record_name) + " letters, digits, '_', '-' or '.'";
}

/// The cells of a field: a view, and the field that it views if the record owns it. Moving the record moves the field,
/// whose cells keep their address.
template <class T> struct RecordCells {
    Field<T> owned;
    Grid<const T> view;

    RecordCells() noexcept = default;
    explicit RecordCells(Grid<const T> cells) noexcept : view(cells) {}
    explicit RecordCells(Field<T>&& cells) : owned(static_cast<Field<T>&&>(cells)), view(owned) {}
    RecordCells(RecordCells&&) noexcept = default;
    RecordCells& operator=(RecordCells&&) noexcept = default;

    /// Whether the first of these cells lies in the memory that the record owns.
    [[nodiscard]] bool owns(const Grid<const T>& cells) const noexcept {
        return cells.data() >= owned.data() && cells.data() < owned.data() + owned.size();
    }

    /// The field; a copy unless the record owns it.
    [[nodiscard]] Field<T> take() {
        const bool is_owned = owned.data() == view.data() && owned.rows() == view.rows() && owned.cols() == view.cols();
        return is_owned ? static_cast<Field<T>&&>(owned) : Field<T>(view);
    }
};

struct Record {
    std::string name;
    RecordType type = RecordType::integer;
    std::uint64_t bits = 0;       ///< of an integer, an unsigned integer or a number
    std::string text;             ///< of a text
    std::ptrdiff_t rows = 0;      ///< of a field
    std::ptrdiff_t cols = 0;      ///< of a field
    RecordCells<float> float32;   ///< of a field of float32
    RecordCells<double> float64;  ///< of a field of float64
    bool has_cells = false;       ///< false for a field whose cells were not read
    mutable bool is_read = false; ///< somebody has asked for the value

    /// The cells of a record, const or not, as cells of T.
    template <class T, class Self> [[nodiscard]] static auto& cells_of(Self& record) noexcept {
        if constexpr (std::is_same_v<T, float>) {
            return record.float32;
        } else {
            return record.float64;
        }
    }
    [[nodiscard]] int cell_bits() const noexcept { return type == RecordType::float32_field ? 32 : 64; }
};

/// The records of a checkpoint, in the order of the file.
using Records = std::list<Record>;

/// The place of a name among records, const or not; the end if it is not there.
template <class RecordList> auto find_record(RecordList& records, const std::string& name) noexcept {
    auto at = records.begin();
    while (at != records.end() && at->name != name) ++at;
    return at;
}

template <class T>
inline constexpr RecordType field_type =
    std::is_same_v<T, float> ? RecordType::float32_field : RecordType::float64_field;

} // namespace detail
KURAMOTO_END_NAMESPACE
