// Ghosts: the halo of a process's block, received from the processes around it.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/mpi/datatype.hpp>
#include <kuramoto/detail/mpi/neighbours.hpp>
#include <kuramoto/detail/tiling/halo.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <memory>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// One field of a sweep: its ghost cells, and the messages that bring them.
///
/// There is one message to and one from each block around, whatever the depth. They are set up once: `start` and
/// `finish` then run them, as often as the field changes.
template <class T> class GhostCells {
  public:
    /// `block` is the user's grid, or that grid with rows and columns exchanged (`is_turned`), as `area` is.
    GhostCells(const mpi::Decomposition& decomposition, const std::vector<Neighbour>& neighbours,
               const Grid<const T>& block, const TileWithHalo& area, bool is_turned)
        : memory_(Halo<T>::size(area)), halo_(area, memory_.data()) {
        for (std::ptrdiff_t k = 0; k < Halo<T>::size(area); ++k) memory_.data()[k] = 0; // of some, nobody has a value
        requests_.reserve(2 * neighbours.size());
        for (const Neighbour& from : neighbours) {
            const Datatype ghosts(user_view(ghost_view(turned(from.ghosts, is_turned)), is_turned));
            MPI_Recv_init(first(turned(from.ghosts, is_turned)), 1, ghosts.get(), from.rank,
                          tag(-from.row_hop, -from.col_hop), decomposition.communicator(), next_request());
        }
        for (const Neighbour& to : neighbours) {
            const Tile cells = turned(to.wanted, is_turned);
            const Grid<const T> window = block.subgrid(cells.row_begin, cells.col_begin, cells.rows(), cells.cols());
            const Datatype wanted(user_view(window, is_turned));
            MPI_Send_init(const_cast<T*>(window.data()), 1, wanted.get(), to.rank, tag(to.row_hop, to.col_hop),
                          decomposition.communicator(), next_request());
        }
    }
    GhostCells(const GhostCells&) = delete;
    GhostCells& operator=(const GhostCells&) = delete;
    ~GhostCells() {
        for (MPI_Request& request : requests_) MPI_Request_free(&request);
    }

    void start() noexcept { MPI_Startall(static_cast<int>(requests_.size()), requests_.data()); }
    void finish() noexcept { MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE); }

    void progress() noexcept {
        int is_main = 0;
        MPI_Is_thread_main(&is_main);
        int are_complete = 0;
        if (is_main != 0)
            MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &are_complete, MPI_STATUSES_IGNORE);
    }

    [[nodiscard]] const Halo<T>& halo() const noexcept { return halo_; }

  private:
    static Tile turned(const Tile& tile, bool is_turned) noexcept {
        return is_turned ? Tile{tile.col_begin, tile.col_end, tile.row_begin, tile.row_end} : tile;
    }
    template <class Cell> static Grid<Cell> user_view(const Grid<Cell>& grid, bool is_turned) {
        return is_turned ? grid.transposed() : grid;
    }
    // Which of the blocks around a message is for, as the process that sends it counts them.
    static int tag(int row_hop, int col_hop) noexcept {
        constexpr int most = 90; // MPI has at least 32767 tags
        return (row_hop + most) * 2 * most + (col_hop + most);
    }

    [[nodiscard]] T* first(const Tile& cells) const noexcept { return halo_.cell(cells.row_begin, cells.col_begin); }
    [[nodiscard]] Grid<T> ghost_view(const Tile& cells) const {
        const std::ptrdiff_t stride =
            cells.rows() > 1 ? halo_.cell(cells.row_begin + 1, cells.col_begin) - first(cells) : 1;
        return Grid<T>(first(cells), cells.rows(), cells.cols(), stride, 1);
    }
    MPI_Request* next_request() {
        requests_.push_back(MPI_REQUEST_NULL);
        return &requests_.back();
    }

    Buffer<T> memory_;
    Halo<T> halo_;
    std::vector<MPI_Request> requests_;
};

/// What other processes have of the fields of a sweep around the cells of this one. SweepsInStep
/// calls start(), which sends the cells that others need, progress() while tiles advance, and finish(), which waits for
/// the cells of others.
template <class T> class RankGhosts {
  public:
    /// Collective. Brings the ghosts of ω, strengths and D at once: the sweep knows them then.
    RankGhosts(const mpi::Decomposition& decomposition, Sweep<T>& sweep, int levels)
        : decomposition_(decomposition), is_turned_(sweep.noise.is_turned) {
        const Extent extent = sweep.extent();
        if (!extent.is_cut()) return;
        const Tile block{0, extent.rows, 0, extent.cols};
        area_ = with_halo<T>(block, levels, extent);
        if (extent.rows == extent.whole_rows()) { // all rows are here, also those that come next
            area_.outer.row_begin = block.row_begin;
            area_.outer.row_end = block.row_end;
        }
        Extent as_given = extent;
        if (is_turned_) std::swap(as_given.rows_wrap, as_given.cols_wrap);
        neighbours_ = neighbours_of(decomposition, as_given, levels);
        phases_ = cells_of(sweep.in);
        if (sweep.inertia.is_present) velocities_ = cells_of(sweep.inertia.velocity_in);
        if (sweep.has_strengths) { // in an order that is the same for processes that are turned and those that are not
            bring(is_turned_ ? sweep.south_strength : sweep.east_strength);
            bring(is_turned_ ? sweep.east_strength : sweep.south_strength);
        }
        if (levels == 1) return; // of the other fields, a level reads its own cells alone
        bring(sweep.source);
        bring(sweep.noise.diffusion);
        bring(sweep.inertia.kick);
        bring(sweep.inertia.decay);
    }

    [[nodiscard]] const Halo<T>* phases() const noexcept { return phases_ ? &phases_->halo() : nullptr; }
    [[nodiscard]] const Halo<T>* velocities() const noexcept { return velocities_ ? &velocities_->halo() : nullptr; }

    /// Sends θ and the velocities as they are now.
    void start() noexcept {
        if (phases_) phases_->start();
        if (velocities_) velocities_->start();
    }
    /// Called by any thread; does nothing on one that is not MPI's.
    void progress() noexcept {
        if (phases_) phases_->progress();
        if (velocities_) velocities_->progress();
    }
    void finish() noexcept {
        if (phases_) phases_->finish();
        if (velocities_) velocities_->finish();
    }
    void update() noexcept {
        start();
        finish();
    }

  private:
    [[nodiscard]] std::unique_ptr<GhostCells<T>> cells_of(const Grid<const T>& block) const {
        return std::make_unique<GhostCells<T>>(decomposition_, neighbours_, block, area_, is_turned_);
    }
    void bring(Source<T>& source) {
        if (source.is_uniform) return;
        fields_.push_back(cells_of(source.field));
        fields_.back()->start();
        fields_.back()->finish();
        source.ghosts = &fields_.back()->halo();
    }

    const mpi::Decomposition& decomposition_;
    bool is_turned_;
    TileWithHalo area_ = {};
    std::vector<Neighbour> neighbours_;
    std::unique_ptr<GhostCells<T>> phases_;
    std::unique_ptr<GhostCells<T>> velocities_;
    std::vector<std::unique_ptr<GhostCells<T>>> fields_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
