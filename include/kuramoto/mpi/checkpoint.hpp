// Checkpoints of lattices that are cut over MPI processes: one file, that of one process.
#pragma once

#include <kuramoto/checkpoint.hpp>
#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/shared_checksum.hpp>
#include <kuramoto/detail/mpi/shared_file.hpp>
#include <kuramoto/detail/mpi/shared_output.hpp>
#include <kuramoto/mpi/field.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

KURAMOTO_BEGIN_NAMESPACE

void write_checkpoint(const std::string& path, const mpi::Checkpoint& checkpoint);
[[nodiscard]] mpi::Checkpoint read_checkpoint(const std::string& path, const mpi::Decomposition& decomposition);

namespace detail {

/// Where a RecordParser fails if the bytes are not those of the first process.
struct BytesOfFirst {
    [[__noreturn__]] static void fail(const std::string& what) { runtime_error("cannot read the checkpoint: " + what); }
};

} // namespace detail
KURAMOTO_END_NAMESPACE

namespace kuramoto::mpi {
inline namespace KURAMOTO_BUILD {

/// Named and typed values, as kuramoto::Checkpoint has them. The fields are lattices that are cut over MPI processes.
///
///     km::mpi::Checkpoint checkpoint(theta.decomposition());
///     checkpoint.set("step", simulation.step());
///     checkpoint.set("theta", theta);
///     write_checkpoint("run.checkpoint", checkpoint);
///
/// The file is byte for byte that of kuramoto::write_checkpoint: any number of processes, or one without MPI, reads it.
/// Numbers, integers and texts must be the same on every process. The members are not collective, and throw as those of
/// kuramoto::Checkpoint.
class Checkpoint : private kuramoto::Checkpoint {
    using Whole = kuramoto::Checkpoint;

  public:
    /// No records. The fields will be lattices of this decomposition.
    explicit Checkpoint(const Decomposition& decomposition) : decomposition_(decomposition) {}
    /// Moves the records.
    Checkpoint(Checkpoint&&) noexcept = default;
    /// Moves the records.
    Checkpoint& operator=(Checkpoint&&) noexcept = default;
    ~Checkpoint() = default;

    /// Sets a number, an integer or a text: see kuramoto::Checkpoint.
    template <class Value>
    requires(!GridLike<Value>)
    void set(const std::string& name, const Value& value) {
        Whole::set(name, value);
        forget(name);
    }
    /// Sets a lattice. The cells are not copied: write_checkpoint writes the values that they have at that time.
    /// Requires: the lattice outlives the checkpoint.
    /// Throws: std::invalid_argument if it has another decomposition.
    template <Real T> void set(const std::string& name, const Field<T>& cells) {
        check_cut(name, cells);
        put_cells<T>(name, nullptr, &cells);
    }
    /// Sets a lattice, which the checkpoint takes over.
    template <Real T> void set(const std::string& name, Field<T>&& cells) {
        check_cut(name, cells);
        auto owned = std::make_unique<Field<T>>(static_cast<Field<T>&&>(cells));
        const Field<T>* view = owned.get();
        put_cells<T>(name, static_cast<std::unique_ptr<Field<T>>&&>(owned), view);
    }
    template <Real T> void set(const std::string& name, const Field<T>&& cells) = delete;

    using Whole::check_all_read;
    using Whole::contains;
    using Whole::integer;
    using Whole::library_version;
    using Whole::names;
    using Whole::number;
    using Whole::shape;
    using Whole::text;
    using Whole::type;
    using Whole::unsigned_integer;

    /// The lattice of this name, which must have cells of T; valid while the checkpoint has the record.
    template <Real T> [[nodiscard]] const Field<T>& field(const std::string& name) const {
        const detail::Record& record = get(name, detail::field_type<T>);
        if (!record.has_cells)
            fail("its record '" + name + "' has " + detail::shape_text(record.rows, record.cols) +
                 " cells, but the lattice has " + detail::shape_text(decomposition_.rows(), decomposition_.cols()));
        return *lattice_of<T>(lattices_, name)->view;
    }
    /// The same, which is removed from the checkpoint. Cells that the checkpoint owns, as after read_checkpoint, are
    /// not copied.
    template <Real T> [[nodiscard]] Field<T> take_field(const std::string& name) {
        static_cast<void>(field<T>(name));
        Lattice<T>& lattice = *lattice_of<T>(lattices_, name);
        const auto take = [&](auto&& from) {
            Field<T> cells(static_cast<decltype(from)&&>(from));
            remove(name);
            return cells;
        };
        if (lattice.owned) return take(static_cast<Field<T>&&>(*lattice.owned));
        return take(*lattice.view);
    }
    /// Removes the record of this name, if there is one.
    void remove(const std::string& name) noexcept {
        Whole::remove(name);
        forget(name);
    }

    /// How the lattices are cut.
    [[nodiscard]] const Decomposition& decomposition() const noexcept { return decomposition_; }

  private:
    friend void kuramoto::write_checkpoint(const std::string& path, const mpi::Checkpoint& checkpoint);
    friend Checkpoint kuramoto::read_checkpoint(const std::string& path, const mpi::Decomposition& decomposition);

    /// The cells of a record.
    template <class T> struct Lattice {
        std::string name;
        std::unique_ptr<Field<T>> owned;
        const Field<T>* view = nullptr;
    };
    struct Lattices {
        std::list<Lattice<float>> float32;
        std::list<Lattice<double>> float64;
    };

    template <class T, class All> static auto& all_of(All& all) noexcept {
        if constexpr (std::same_as<T, float>)
            return all.float32;
        else
            return all.float64;
    }
    template <class T, class All> static auto lattice_of(All& all, const std::string& name) noexcept {
        return detail::find_record(all_of<T>(all), name);
    }
    template <class T> void check_cut(const std::string& name, const Field<T>& cells) const {
        if (!cells.decomposition().is_same(decomposition_))
            detail::invalid_argument("the field '" + name + "' must have the decomposition of the checkpoint");
    }
    void forget(const std::string& name) noexcept {
        lattices_.float32.remove_if([&](const auto& lattice) { return lattice.name == name; });
        lattices_.float64.remove_if([&](const auto& lattice) { return lattice.name == name; });
    }
    template <class T>
    void put_cells(const std::string& name, std::unique_ptr<Field<T>>&& owned, const Field<T>* view) {
        detail::Record& record = put(name, detail::field_type<T>);
        for (auto& lattice : all_of<T>(lattices_))
            if (lattice.name == name && lattice.view == view)
                owned = static_cast<std::unique_ptr<Field<T>>&&>(lattice.owned); // its own, set again
        forget(name);
        record.rows = view->rows();
        record.cols = view->cols();
        keep(record, static_cast<std::unique_ptr<Field<T>>&&>(owned), view);
    }
    template <class T> void keep(detail::Record& record, std::unique_ptr<Field<T>>&& owned, const Field<T>* view) {
        all_of<T>(lattices_).push_back({record.name, static_cast<std::unique_ptr<Field<T>>&&>(owned), view});
        record.has_cells = true;
    }

    /// Calls `use.operator()<T>(record)` for every field, in the order of the file.
    template <class RecordList, class Use> static void each_field(RecordList& records, const Use& use) {
        for (auto& record : records) {
            if (record.type == RecordType::float32_field) use.template operator()<float>(record);
            if (record.type == RecordType::float64_field) use.template operator()<double>(record);
        }
    }
    static std::int64_t bytes_of(const detail::Record& record) noexcept {
        return std::int64_t{record.rows} * record.cols * (record.cell_bits() / 8);
    }
    static detail::CellsInFile cells_at(std::int64_t offset) noexcept {
        return {.offset = offset, .is_reversed = std::endian::native == std::endian::big};
    }

    void write(const std::string& path) const {
        const std::string head = checked_head();
        detail::Crc64 sum;
        sum.add(head.data(), head.size());
        std::string start = head;
        detail::append_little_endian(start, sum.value(), detail::checksum_bytes);

        detail::SharedOutput output(decomposition_, path);
        output.file().write(0, start);
        auto at = static_cast<std::int64_t>(start.size());
        each_field(records_, [&]<class T>(const detail::Record& record) {
            detail::SharedChecksum checksum(decomposition_);
            output.file().write_cells(
                cells_at(at), lattice_of<T>(lattices_, record.name)->view->local(),
                [&](std::ptrdiff_t first, const T* cells, std::ptrdiff_t count) { checksum.add(first, cells, count); });
            std::string end;
            detail::append_little_endian(end, checksum.value(bytes_of(record)), detail::checksum_bytes);
            output.file().write(at + bytes_of(record), end);
            at += bytes_of(record) + detail::checksum_bytes;
        });
        output.commit(at);
    }

    /// The bytes of the head, which are the same on every process.
    [[nodiscard]] std::string checked_head() const {
        const MPI_Comm communicator = decomposition_.communicator();
        std::string head = detail::with_agreement(communicator, [&](detail::Agreement&) {
            for (const detail::Record& record : records_)
                if (detail::is_field(record.type) && !record.has_cells)
                    detail::invalid_argument("the field '" + record.name +
                                             "' has no cells to write: it was not read, because it has another shape");
            return detail::checkpoint_head(records_);
        });
        detail::Crc64 sum;
        sum.add(head.data(), head.size());
        const std::uint64_t mine = sum.value();
        std::uint64_t both[2] = {mine, ~mine}; // the least, and that of the inverse
        MPI_Allreduce(MPI_IN_PLACE, both, 2, MPI_UINT64_T, MPI_MIN, communicator);
        if (both[0] != ~both[1])
            detail::invalid_argument("the records of a checkpoint must be the same on every rank, but are not");
        return head;
    }

    /// The records of a file, on every process.
    void read_records(const std::string& path) {
        const MPI_Comm communicator = decomposition_.communicator();
        std::string bytes;
        detail::with_agreement(communicator, [&](detail::Agreement& agreement) {
            agreement.expect_same("path", path);
            path_ = path;
            if (decomposition_.rank() != 0) return;
            detail::InputFile file(path);
            detail::CheckpointHead head = detail::read_checkpoint_head(file);
            records_ = static_cast<detail::Records&&>(head.records);
            version_ = static_cast<std::string&&>(head.version);
            bytes = detail::checkpoint_head(records_);
        });
        version_ = detail::text_of_first(decomposition_, version_);
        bytes = detail::text_of_first(decomposition_, bytes);
        if (decomposition_.rank() == 0) return;
        constexpr detail::BytesOfFirst first;
        const std::uint64_t count = detail::little_endian(bytes.data() + 16, 4);
        records_ = detail::RecordParser(first, bytes, detail::checkpoint_start_bytes).parse(count);
    }

    void read(const std::string& path) {
        read_records(path);
        detail::SharedFile file(decomposition_, path, path, detail::SharedFile::Access::read);
        auto at = static_cast<std::int64_t>(detail::checkpoint_head(records_).size()) + detail::checksum_bytes;
        each_field(records_, [&]<class T>(detail::Record& record) {
            if (record.rows == decomposition_.rows() && record.cols == decomposition_.cols())
                read_lattice<T>(file, at, record);
            at += bytes_of(record) + detail::checksum_bytes;
        });
        file.close();
    }
    template <class T> void read_lattice(detail::SharedFile& file, std::int64_t at, detail::Record& record) {
        auto field = detail::with_agreement(decomposition_.communicator(), [&](detail::Agreement&) {
            return std::make_unique<Field<T>>(decomposition_);
        });
        detail::SharedChecksum checksum(decomposition_);
        file.read_cells(cells_at(at), field->local(), [&](std::ptrdiff_t first, const T* cells, std::ptrdiff_t count) {
            checksum.add(first, cells, count);
        });
        std::string end(detail::checksum_bytes, '\0');
        file.read(at + bytes_of(record), end);
        if (checksum.value(bytes_of(record)) != detail::little_endian(end.data(), detail::checksum_bytes))
            file.fail("the cells of its record '" + record.name + "' are damaged: the checksum is wrong");
        const Field<T>* view = field.get();
        keep(record, static_cast<std::unique_ptr<Field<T>>&&>(field), view);
    }

    Decomposition decomposition_;
    Lattices lattices_;
};

} // namespace KURAMOTO_BUILD
} // namespace kuramoto::mpi

KURAMOTO_BEGIN_NAMESPACE

/// Writes a checkpoint to the file at `path`: byte for byte the file that one process writes. Collective: the same path
/// and records on every process.
///
/// Throws, the same on every process: as kuramoto::write_checkpoint; std::runtime_error also if a call of MPI fails on
/// any process; std::invalid_argument, before anything is written, if the records differ.
/// Cost: as write_npy of an mpi::Field.
inline void write_checkpoint(const std::string& path, const mpi::Checkpoint& checkpoint) { checkpoint.write(path); }

/// The checkpoint in the file at `path`: the fields with the shape of the decomposition, cut for its processes, and
/// everything else on every process. Collective: the same path on every process.
///
/// A field of another shape is not read, and its checksum is not looked at: asking for it is the error.
///
/// Throws, the same on every process: as kuramoto::read_checkpoint; std::runtime_error also if a call of MPI fails.
/// Cost: one pass over the fields that are read.
[[nodiscard]] inline mpi::Checkpoint read_checkpoint(const std::string& path, const mpi::Decomposition& decomposition) {
    mpi::Checkpoint checkpoint(decomposition);
    checkpoint.read(path);
    return checkpoint;
}

KURAMOTO_END_NAMESPACE
