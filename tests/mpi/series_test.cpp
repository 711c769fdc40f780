// Series of frames of a lattice on many processes: the files of one process, at every moment.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include "mpi/files.hpp"
#include "support/expect_error.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace km = kuramoto;
namespace fs = std::filesystem;

namespace {

using test::all_cuts;
using test::contents;
using test::distinct;
using test::expect_same_everywhere;
using test::is_first;
using test::message_of;
using test::on_first;
using test::part_of;
using test::shapes;

class RankSeries : public test::InSharedFolder {};

template <class T> km::Field<T> frame(const km::mpi::Decomposition& lattice, std::uint32_t number) {
    return distinct<T>(lattice.rows(), lattice.cols(), number);
}
template <class T> km::mpi::Field<T> cut_frame(const km::mpi::Decomposition& lattice, std::uint32_t number) {
    return part_of(frame<T>(lattice, number), lattice);
}

TEST_F(RankSeries, HaveTheBytesOfOneProcessAtEveryMoment) {
    for (const test::Shape& shape : shapes())
        for (const km::mpi::Decomposition& lattice : all_cuts(shape)) {
            SCOPED_TRACE(km::detail::shape_text(shape.rows, shape.cols));
            std::unique_ptr<km::NpySeries<float>> alone;
            if (is_first()) alone = std::make_unique<km::NpySeries<float>>(path("one"), shape.rows, shape.cols);
            km::mpi::NpySeries<float> series(path("many"), lattice);
            expect_same("one.part", "many.part");
            for (std::uint32_t number = 0; number < 3; ++number) {
                if (is_first()) alone->add(frame<float>(lattice, number));
                series.add(cut_frame<float>(lattice, number));
                EXPECT_EQ(series.frames(), number + 1);
                EXPECT_EQ(series.part(), path("many.part"));
                expect_same("one.part", "many.part");
            }
            if (is_first()) alone->finish();
            series.finish();
            series.finish();
            expect_same("one", "many");
            EXPECT_EQ(files_after_all(), 2);
        }
}

// With a file of one process, and with one of many.
TEST_F(RankSeries, ContinueWhatIsThere) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 17, 21);
    on_first([&] {
        km::NpySeries<double> alone(path("whole"), 17, 21);
        for (std::uint32_t number = 0; number < 4; ++number) alone.add(frame<double>(lattice, number));
        alone.finish();
        km::NpySeries<double> left(path("run"), 17, 21);
        for (const std::uint32_t number : {0U, 1U, 7U, 8U, 9U}) left.add(frame<double>(lattice, number));
    });
    {
        km::mpi::NpySeries<double> series(path("run"), lattice, 2);
        EXPECT_EQ(series.frames(), 2);
        series.add(cut_frame<double>(lattice, 2));
        series.finish();
    }
    {
        km::mpi::NpySeries<double> series(path("run"), lattice, 3); // is renamed again
        series.add(cut_frame<double>(lattice, 3));
    }
    EXPECT_EQ(files_after_all(), 2);
    expect_same("run.part", "whole");
    km::mpi::NpySeries<double>(path("run"), lattice, 4).finish();
    expect_same("run", "whole");
}

TEST_F(RankSeries, RefuseWhatDoesNotFit) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 17, 21);
    const km::mpi::Decomposition other(MPI_COMM_WORLD, 21, 17);
    const auto expect_refused = [&](const std::string& part, const auto& statement) {
        const std::string message = message_of<std::runtime_error>(statement);
        expect_same_everywhere(message, part);
    };
    expect_refused("No such file", [&] { km::mpi::NpySeries<float>(path("no folder/run"), lattice); });
    expect_refused("No such file", [&] { km::mpi::NpySeries<float>(path("run"), lattice, 0); });
    EXPECT_EQ(files_after_all(), 0);

    km::mpi::NpySeries<float> series(path("run"), lattice);
    series.add(cut_frame<float>(lattice, 1));
    expect_refused("is there already", [&] { km::mpi::NpySeries<float>(path("run"), lattice); });
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("decomposition"), series.add(km::mpi::Field<float>(other)));
    series.finish();
    expect_refused("it is finished", [&] { series.add(cut_frame<float>(lattice, 1)); });
    const std::string bytes = contents(path("run"));
    expect_refused("its frames are 17 x 21 cells of float32",
                   [&] { km::mpi::NpySeries<float>(path("run"), other, 1); });
    expect_refused("its frames are", [&] { km::mpi::NpySeries<double>(path("run"), lattice, 1); });
    expect_refused("it has 1 frames, but 2", [&] { km::mpi::NpySeries<float>(path("run"), lattice, 2); });
    EXPECT_EQ(contents(path("run")), bytes);
    EXPECT_EQ(files_after_all(), 1);
}

TEST_F(RankSeries, TakeBackAFrameForWhichThereIsNoRoom) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 60, 50);
    km::mpi::NpySeries<double> series(path("run"), lattice);
    series.add(cut_frame<double>(lattice, 0));
    if (is_first()) fs::copy_file(path("run.part"), path("before"));
    for (const rlim_t room : {24'200U, 40'000U, 100U}) {
        std::string message;
        {
            const test::LimitedFiles limit(room, true);
            message = message_of<std::runtime_error>([&] { series.add(cut_frame<double>(lattice, 1)); });
        }
        expect_same_everywhere(message, "cannot write '" + path("run") + "': ");
        EXPECT_EQ(series.frames(), 1);
        expect_same("run.part", "before");
    }
    series.add(cut_frame<double>(lattice, 1));
    series.finish();
    if (is_first()) {
        km::NpySeries<double> alone(path("whole"), 60, 50);
        for (std::uint32_t number = 0; number < 2; ++number) alone.add(frame<double>(lattice, number));
        alone.finish();
    }
    expect_same("run", "whole");
}

// The name is a folder by now: the file stays under its other name until the folder is gone.
TEST_F(RankSeries, CanBeRenamedLater) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 17, 21);
    km::mpi::NpySeries<float> series(path("run"), lattice);
    series.add(cut_frame<float>(lattice, 1));
    static_cast<void>(make_folder("run"));
    const std::string message = message_of<std::runtime_error>([&] { series.finish(); });
    expect_same_everywhere(message, "rename: ");
    EXPECT_NE(message.find(path("run.part")), std::string::npos) << message;
    on_first([&] { fs::remove(path("run")); });
    series.finish();
    EXPECT_EQ(files_after_all(), 1);
    EXPECT_EQ(km::npy_series_info(path("run")).frames, 1);
}

} // namespace
