// Checkpoints: what decides the rest of a run, as named and typed records in a file. Opt-in: not part of kuramoto.hpp.
//
// detail/io/checkpoint_head.hpp describes the bytes of the file.
#pragma once

#include <kuramoto/detail/io/cells.hpp>
#include <kuramoto/detail/io/checkpoint_head.hpp>
#include <kuramoto/detail/io/checksummed.hpp>
#include <kuramoto/detail/io/input_file.hpp>
#include <kuramoto/detail/io/output_file.hpp>
#include <kuramoto/detail/io/record.hpp>
#include <kuramoto/grid/field.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>

namespace kuramoto {

/// The shape and the precision of a field in a checkpoint.
struct FieldShape {
    std::ptrdiff_t rows = 0; ///< of the field
    std::ptrdiff_t cols = 0; ///< of the field
    int bits = 64;           ///< of a cell: 32 (`float`) or 64 (`double`)

    /// Whether shapes and precisions are the same.
    friend bool operator==(const FieldShape&, const FieldShape&) = default;
};

} // namespace kuramoto

namespace kuramoto::mpi {
inline namespace KURAMOTO_BUILD {
class Checkpoint;
}
} // namespace kuramoto::mpi

KURAMOTO_BEGIN_NAMESPACE

class Checkpoint;
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);
[[nodiscard]] Checkpoint read_checkpoint(const std::string& path);
[[nodiscard]] Checkpoint checkpoint_info(const std::string& path);

/// Named and typed values: numbers, integers, texts and fields.
///
/// To save a run, `set` every value that decides its rest: parameters, step, phases, and with inertia the velocities.
/// Then call `write_checkpoint`. To resume the run, read each value by name and type, and call `check_all_read`.
///
///     km::Checkpoint checkpoint;
///     checkpoint.set("K", 2.0);
///     checkpoint.set("step", simulation.step());
///     checkpoint.set("theta", simulation.theta());
///     km::write_checkpoint("run.checkpoint", checkpoint);
///
/// A name has 1 to 64 letters, digits, '_', '-' or '.'. `set` replaces a record of the same name.
/// Throws: `set` std::invalid_argument for another name, std::length_error for a text of more than 65535 bytes or for
/// more than 1024 records. The reading functions std::runtime_error, with the path and the name, if there is no such
/// record or if it has another type. They change the mark that `check_all_read` looks at: use one thread.
class Checkpoint {
  public:
    /// No records.
    Checkpoint() = default;
    /// Moves the records. Views of their fields stay valid.
    Checkpoint(Checkpoint&&) noexcept = default;
    /// Moves the records. Views of their fields stay valid.
    Checkpoint& operator=(Checkpoint&&) noexcept = default;
    ~Checkpoint() = default;

    /// Sets a number, kept as `double`.
    template <Real Number> void set(const std::string& name, Number value) {
        put(name, RecordType::number).bits = std::bit_cast<std::uint64_t>(static_cast<double>(value));
    }
    /// Sets an integer of up to 64 bits.
    template <std::signed_integral Integer> void set(const std::string& name, Integer value) {
        put(name, RecordType::integer).bits = static_cast<std::uint64_t>(std::int64_t{value});
    }
    /// Sets an unsigned integer of up to 64 bits.
    template <std::unsigned_integral Integer>
    requires(!std::same_as<Integer, bool>)
    void set(const std::string& name, Integer value) {
        put(name, RecordType::unsigned_integer).bits = std::uint64_t{value};
    }
    // clang-format off
    void set(const std::string& name, char value) = delete; // whether char has a sign depends on the machine: convert it to signed char, unsigned char or std::string; of other types, set takes float, double, integers of up to 64 bits, std::string and fields
    // clang-format on
    /// Sets a text of at most 65535 bytes.
    void set(const std::string& name, std::string value) {
        if (value.size() > detail::longest_record_text)
            detail::length_error("the text of record '" + name + "' must have at most " +
                                 detail::integer_text(detail::longest_record_text) + " bytes, but has " +
                                 detail::integer_text(value.size()));
        put(name, RecordType::text).text = static_cast<std::string&&>(value);
    }
    /// Sets a field. The cells are not copied: write_checkpoint writes the values that they have at that time.
    /// Requires: the cells outlive the checkpoint. `cells` may be a temporary view, such as a Grid, but no temporary of
    /// your own class that owns its cells.
    template <GridLike G> void set(const std::string& name, const G& cells) {
        using T = value_type_of<const G>;
        put_cells(name, detail::RecordCells<T>(Grid<const T>(as_grid(cells))));
    }
    /// Sets a field, which the checkpoint takes over.
    template <Real T> void set(const std::string& name, Field<T>&& cells) {
        put_cells(name, detail::RecordCells<T>(static_cast<Field<T>&&>(cells)));
    }
    template <Real T> void set(const std::string& name, const Field<T>&& cells) = delete;

    /// The number of this name.
    [[nodiscard]] double number(const std::string& name) const {
        return std::bit_cast<double>(get(name, RecordType::number).bits);
    }
    /// The integer of this name.
    [[nodiscard]] std::int64_t integer(const std::string& name) const {
        return static_cast<std::int64_t>(get(name, RecordType::integer).bits);
    }
    /// The unsigned integer of this name.
    [[nodiscard]] std::uint64_t unsigned_integer(const std::string& name) const {
        return get(name, RecordType::unsigned_integer).bits;
    }
    /// The text of this name; valid until a record is set or taken.
    [[nodiscard]] const std::string& text(const std::string& name) const { return get(name, RecordType::text).text; }

    /// A view of the field of this name, which must have cells of T; valid while the checkpoint has the record.
    template <Real T> [[nodiscard]] Grid<const T> field(const std::string& name) const {
        const detail::Record& record = get(name, detail::field_type<T>);
        if (!record.has_cells) fail("the cells of its record '" + name + "' were not read: checkpoint_info reads none");
        return detail::Record::cells_of<T>(record).view;
    }
    /// The field of this name, which must have cells of T. Removes the record. Cells that the checkpoint owns, as after
    /// read_checkpoint, are not copied.
    template <Real T> [[nodiscard]] Field<T> take_field(const std::string& name) {
        static_cast<void>(field<T>(name));
        Field<T> cells = detail::Record::cells_of<T>(*detail::find_record(records_, name)).take();
        remove(name);
        return cells;
    }
    /// The shape and the precision of the field of this name, which may have cells of either precision.
    [[nodiscard]] FieldShape shape(const std::string& name) const {
        const detail::Record& record = get(name);
        if (!detail::is_field(record.type))
            fail("its record '" + name + "' is " + detail::type_text(record.type) + ", not a field");
        return {record.rows, record.cols, record.cell_bits()};
    }

    /// Whether there is a record of this name. Does not count as reading it.
    [[nodiscard]] bool contains(const std::string& name) const noexcept {
        return detail::find_record(records_, name) != records_.end();
    }
    /// The type of the record of this name. Does not count as reading it.
    [[nodiscard]] RecordType type(const std::string& name) const { return existing(name).type; }
    /// The names of all records, in the order in which they were set.
    [[nodiscard]] std::list<std::string> names() const {
        std::list<std::string> names;
        for (const detail::Record& record : records_) names.push_back(record.name);
        return names;
    }
    /// Removes the record of this name, if there is one.
    void remove(const std::string& name) noexcept {
        const auto at = detail::find_record(records_, name);
        if (at != records_.end()) records_.erase(at);
    }

    /// Throws std::runtime_error, naming the first record that was not read, if there is one. A program that ignores a
    /// record which it does not know may continue another run than the one that was saved.
    void check_all_read() const {
        for (const detail::Record& record : records_)
            if (!record.is_read) fail("it holds record '" + record.name + "', which this program does not know");
    }

    /// The version of the library that wrote the file, for example "0.1.0"; empty if the checkpoint was not read.
    [[nodiscard]] const std::string& library_version() const noexcept { return version_; }

  private:
    friend void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);
    friend Checkpoint read_checkpoint(const std::string& path);
    friend Checkpoint checkpoint_info(const std::string& path);
    friend class mpi::Checkpoint; // of many processes

    Checkpoint(const std::string& path, detail::CheckpointHead&& head)
        : records_(static_cast<detail::Records&&>(head.records)), version_(static_cast<std::string&&>(head.version)),
          path_(path) {}

    [[__noreturn__]] void fail(const std::string& what) const {
        const std::string name = path_.empty() ? "the checkpoint" : "'" + path_ + "'";
        detail::runtime_error("cannot read " + name + ": " + what);
    }

    [[nodiscard]] const detail::Record& existing(const std::string& name) const {
        const auto at = detail::find_record(records_, name);
        if (at == records_.end()) fail("it has no record '" + name + "'");
        return *at;
    }
    [[nodiscard]] const detail::Record& get(const std::string& name) const {
        const detail::Record& record = existing(name);
        record.is_read = true;
        return record;
    }
    [[nodiscard]] const detail::Record& get(const std::string& name, RecordType type) const {
        const detail::Record& record = existing(name);
        if (record.type != type)
            fail("its record '" + name + "' is " + detail::type_text(record.type) + ", not " + detail::type_text(type));
        record.is_read = true;
        return record;
    }
    /// The record of this name, new and without a value.
    detail::Record& put(const std::string& name, RecordType type) {
        if (!detail::is_record_name(name))
            detail::invalid_argument("the name of a record must be " + detail::record_name_rule() + ", but is '" +
                                     name + "'");
        detail::Record fresh;
        fresh.name = name;
        fresh.type = type;
        const auto at = detail::find_record(records_, name);
        if (at != records_.end()) return *at = static_cast<detail::Record&&>(fresh);
        if (records_.size() == detail::most_records)
            detail::length_error("a checkpoint must have at most " + detail::integer_text(detail::most_records) +
                                 " records; '" + name + "' is one more");
        return records_.emplace_back(static_cast<detail::Record&&>(fresh));
    }
    template <class T> void put_cells(const std::string& name, detail::RecordCells<T>&& cells) {
        const auto at = detail::find_record(records_, name);
        if (at != records_.end() && detail::Record::cells_of<T>(*at).owns(cells.view)) // put destroys them
            cells = detail::RecordCells<T>(Field<T>(cells.view));
        detail::Record& record = put(name, detail::field_type<T>);
        record.rows = cells.view.rows();
        record.cols = cells.view.cols();
        record.has_cells = true;
        detail::Record::cells_of<T>(record) = static_cast<detail::RecordCells<T>&&>(cells);
    }

    /// Calls `use(record, cells)` for every field, in the order of the file.
    template <class RecordList, class Use> static void for_each_field(RecordList& records, const Use& use) {
        for (auto& record : records) {
            if (record.type == RecordType::float32_field) use(record, record.float32);
            if (record.type == RecordType::float64_field) use(record, record.float64);
        }
    }

    detail::Records records_;
    std::string version_;
    std::string path_; // empty if it was not read
};

/// Writes a checkpoint to the file at `path`.
///
/// As with write_npy, the file is replaced as a whole or not at all. If the program is killed at any moment, the
/// previous checkpoint is still there.
///
/// Throws: std::runtime_error, with the path and the system's reason, if a file operation fails. A complete checkpoint
/// that cannot be renamed is kept under its temporary name, and the message states that name.
/// Throws: std::invalid_argument, before anything is written, if the cells of a field were not read (checkpoint_info);
/// std::length_error if the records without the cells have more than 16 MiB.
/// Cost: one pass over the cells, which are not copied.
inline void write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
    for (const detail::Record& record : checkpoint.records_)
        if (detail::is_field(record.type) && !record.has_cells)
            detail::invalid_argument("the field '" + record.name +
                                     "' has no cells to write: checkpoint_info does not read them");
    const std::string head = detail::checkpoint_head(checkpoint.records_);
    detail::OutputFile file(path);
    detail::Checksummed<detail::OutputFile> first(file);
    first.write(head.data(), head.size());
    first.finish();
    Checkpoint::for_each_field(checkpoint.records_, [&](const detail::Record&, const auto& cells) {
        detail::Checksummed<detail::OutputFile> part(file);
        detail::write_cells(part, cells.view, std::endian::native == std::endian::big);
        part.finish();
    });
    file.commit();
}

/// The checkpoint in the file at `path`, with every bit that was written.
///
/// Throws: std::runtime_error, with the path and the reason, if the file cannot be opened, is not a checkpoint, has
/// another format, is cut off or too long, or does not have its checksums. The sizes are checked before memory is
/// allocated, which may throw std::bad_alloc.
/// Cost: one pass over the file.
[[nodiscard]] inline Checkpoint read_checkpoint(const std::string& path) {
    detail::InputFile file(path);
    Checkpoint checkpoint(path, detail::read_checkpoint_head(file));
    Checkpoint::for_each_field(
        checkpoint.records_, [&]<class T>(detail::Record& record, detail::RecordCells<T>& cells) {
            Field<T> field(record.rows, record.cols);
            detail::Checksummed<detail::InputFile> part(file);
            detail::read_cells(part, field.view(), std::endian::native == std::endian::big);
            if (!part.agrees())
                file.fail("the cells of its record '" + record.name + "' are damaged: the checksum is wrong");
            cells = detail::RecordCells<T>(static_cast<Field<T>&&>(field));
            record.has_cells = true;
        });
    return checkpoint;
}

/// The checkpoint in the file at `path` without the cells of its fields: everything else, and the shapes of the fields.
///
/// Throws: as read_checkpoint, except that damaged cells are not noticed.
/// Cost: independent of the number of cells.
[[nodiscard]] inline Checkpoint checkpoint_info(const std::string& path) {
    detail::InputFile file(path);
    return Checkpoint(path, detail::read_checkpoint_head(file));
}

KURAMOTO_END_NAMESPACE
