// The header of a .npy file: what its characters say, and the characters for an array. It knows nothing of precisions.
//
// The format is described in NumPy's documentation, "NEP 1" and numpy.lib.format: six bytes of magic, two of version,
// the length of the header (two bytes, little endian; four from version 2.0 on), and the header: a Python dictionary
// with the keys 'descr', 'fortran_order' and 'shape', padded with spaces and a newline.
#pragma once

#include <kuramoto/detail/io/input_file.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What a header says.
struct NpyHeader {
    int version = 0;           ///< 1, 2 or 3: the format's major version
    std::ptrdiff_t offset = 0; ///< bytes before the first cell
    std::string descr;         ///< dtype, for example "<f8"
    bool is_column_major = false;
    int dimensions = 0;
    std::ptrdiff_t extents[3] = {}; ///< of the first three dimensions
};

/// The beginning of a text from a file, for a message.
inline std::string excerpt(const std::string& text) {
    constexpr std::size_t most = 40;
    return "'" + (text.size() <= most ? text : text.substr(0, most) + "...") + "'";
}

/// Reads the dictionary. Its grammar is the part of Python's that a dictionary of these three keys needs: white space
/// between any two tokens, plain strings in either kind of quotes, True or False, a tuple of integers, commas after
/// the last item of dictionary and tuple. Everything else is an error, among it what NumPy would let pass and never
/// writes: escapes, comments, expressions.
class NpyHeaderParser {
  public:
    NpyHeaderParser(const InputFile& file, const std::string& text, NpyHeader& header)
        : file_(file), text_(text), header_(header) {}

    void parse() {
        expect('{');
        while (!accept('}')) {
            parse_item();
            if (accept(',')) continue;
            expect('}');
            break;
        }
        skip_space();
        if (at_ != text_.size()) fail("nothing may follow the dictionary");
        if (!has_descr_) fail("the key 'descr' is missing");
        if (!has_order_) fail("the key 'fortran_order' is missing");
        if (!has_shape_) fail("the key 'shape' is missing");
    }

  private:
    [[__noreturn__]] void fail(const std::string& what) const {
        file_.fail("its header is damaged at character " + integer_text(at_) + ": " + what);
    }

    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_space() noexcept {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t' || peek() == '\f') ++at_;
    }

    bool accept(char wanted) noexcept {
        skip_space();
        if (peek() != wanted) return false;
        ++at_;
        return true;
    }
    bool accept_word(const char* word) noexcept {
        skip_space();
        const std::size_t length = std::strlen(word);
        if (text_.compare(at_, length, word) != 0) return false;
        at_ += length;
        return true;
    }

    void expect(char wanted) {
        if (!accept(wanted)) fail(string_of("expected '") + wanted + "'");
    }

    void parse_item() {
        skip_space();
        const std::string key = parse_string("a key");
        expect(':');
        if (key == "descr") {
            note(has_descr_, key);
            parse_descr();
        } else if (key == "fortran_order") {
            note(has_order_, key);
            parse_order();
        } else if (key == "shape") {
            note(has_shape_, key);
            parse_shape();
        } else {
            fail("unknown key " + excerpt(key));
        }
    }

    void note(bool& seen, const std::string& key) const {
        if (seen) fail("the key '" + key + "' stands there twice");
        seen = true;
    }

    std::string parse_string(const char* what) {
        const char quote = peek();
        if (quote != '\'' && quote != '"') fail(string_of("expected ") + what + " in quotes");
        const std::size_t begin = ++at_;
        for (; peek() != quote; ++at_) {
            const char c = peek();
            if (c < ' ' || c > '~' || c == '\\') fail(string_of(what) + " does not end, or holds an odd character");
        }
        return text_.substr(begin, at_++ - begin);
    }

    void parse_descr() {
        skip_space();
        if (peek() == '[' || peek() == '(')
            file_.fail("its dtype is structured; only plain arrays of float32 and float64 are read");
        header_.descr = parse_string("a dtype");
    }

    void parse_order() {
        header_.is_column_major = accept_word("True");
        if (!header_.is_column_major && !accept_word("False")) fail("fortran_order is neither True nor False");
    }

    void parse_shape() {
        bool is_tuple = true; // (3) is a number
        expect('(');
        while (!accept(')')) {
            const std::ptrdiff_t extent = parse_extent();
            if (header_.dimensions < 3) header_.extents[header_.dimensions] = extent;
            ++header_.dimensions;
            is_tuple = accept(',');
            if (is_tuple) continue;
            expect(')');
            break;
        }
        if (header_.dimensions == 1 && !is_tuple) fail("the shape is not a tuple");
    }

    std::ptrdiff_t parse_extent() {
        skip_space();
        if (peek() == '-') fail("the shape has a negative extent");
        const std::size_t begin = at_;
        std::ptrdiff_t extent = 0;
        for (; peek() >= '0' && peek() <= '9'; ++at_)
            if (__builtin_mul_overflow(extent, std::ptrdiff_t{10}, &extent) ||
                __builtin_add_overflow(extent, std::ptrdiff_t{peek() - '0'}, &extent))
                fail("an extent of the shape is larger than the address space");
        if (at_ == begin) fail("expected an extent of the shape");
        if (text_[begin] == '0' && at_ - begin > 1) fail("an extent of the shape begins with 0");
        if (header_.version < 3 && peek() == 'L') ++at_; // as Python 2 wrote long integers
        return extent;
    }

    const InputFile& file_;
    const std::string& text_;
    NpyHeader& header_;
    std::size_t at_ = 0;
    bool has_descr_ = false;
    bool has_order_ = false;
    bool has_shape_ = false;
};

inline constexpr char npy_magic[] = "\x93NUMPY";
inline constexpr std::size_t npy_magic_size = sizeof npy_magic - 1;
/// The length of the header follows magic and version.
inline constexpr std::size_t npy_length_at = npy_magic_size + 2;
/// The longest header that is read, in bytes; NumPy's own limit is lower.
inline constexpr std::uint32_t longest_npy_header = 65536;

/// Throws unless the file, which is `size` bytes long, reaches byte `end`.
inline void check_npy_reaches(const InputFile& file, std::uint64_t end, const char* what) {
    if (static_cast<std::uint64_t>(file.size()) < end)
        file.fail("it is cut off: " + integer_text(file.size()) + " bytes, but its " + what + " ends at byte " +
                  integer_text(end));
}

/// Reads the header of a file that was just opened, and leaves it at the first cell.
inline NpyHeader read_npy_header(InputFile& file) {
    unsigned char start[npy_length_at + 4] = {};
    const auto size = static_cast<std::uint64_t>(file.size());
    const std::size_t magic_size = size < npy_magic_size ? static_cast<std::size_t>(size) : npy_magic_size;
    file.read(start, magic_size);
    if (std::memcmp(start, npy_magic, magic_size) != 0)
        file.fail("it is not a .npy file: it does not begin with \\x93NUMPY");
    check_npy_reaches(file, npy_length_at, "version");
    file.read(start + npy_magic_size, 2);

    NpyHeader header;
    header.version = start[npy_magic_size];
    const int minor_number = start[npy_magic_size + 1];
    if (header.version < 1 || header.version > 3 || minor_number != 0)
        file.fail("its format version is " + integer_text(header.version) + "." + integer_text(minor_number) +
                  "; 1.0, 2.0 and 3.0 are read");

    const std::size_t length_size = header.version == 1 ? 2 : 4;
    check_npy_reaches(file, npy_length_at + length_size, "header's length");
    file.read(start + npy_length_at, length_size);
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < length_size; ++i) length |= std::uint32_t{start[npy_length_at + i]} << 8 * i;
    if (length > longest_npy_header)
        file.fail("its header has " + integer_text(length) + " bytes; at most " + integer_text(longest_npy_header) +
                  " are read");
    header.offset = static_cast<std::ptrdiff_t>(npy_length_at + length_size + length);
    check_npy_reaches(file, static_cast<std::uint64_t>(header.offset), "header");

    std::string text(length, '\0');
    file.read(text.data(), length);
    NpyHeaderParser(file, text, header).parse();
    return header;
}

/// Magic, version 1.0, length and dictionary, byte for byte as NumPy 1.24 writes them: the cells begin at a
/// multiple of 64 bytes, and there is room for the extent along which a file can grow to become 21 digits long.
inline std::string npy_header_text(const char* descr, std::initializer_list<std::int64_t> shape,
                                   bool is_column_major = false) {
    constexpr std::size_t alignment = 64;
    constexpr std::size_t most_digits = 21;
    constexpr std::size_t start = npy_length_at + 2;
    std::string extents;
    for (const std::int64_t extent : shape) extents += (extents.empty() ? "" : ", ") + integer_text(extent);
    std::string text = string_of("{'descr': '") + descr +
                       "', 'fortran_order': " + (is_column_major ? "True" : "False") + ", 'shape': (" + extents +
                       "), }";
    const std::int64_t growing = is_column_major ? shape.end()[-1] : shape.begin()[0];
    text.append(most_digits - integer_text(growing).size(), ' ');
    text.append(alignment - (start + text.size() + 1) % alignment, ' ');
    text += '\n';

    std::string header(npy_magic, npy_magic_size);
    header += '\1';
    header += '\0';
    header += static_cast<char>(text.size() % 256);
    header += static_cast<char>(text.size() / 256);
    return header + text;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
