// Observables against time as a table: comma-separated values, one line per frame.
#pragma once

#include "definer.hpp"
#include "stream.hpp"

#include <kuramoto/detail/growing_file.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace simulate {

/// A table with the columns step, time and one per observable. Every number reads back as the same double. When `add`
/// returns, the row is in the file or was handed to the stream.
///
/// Until `finish` the file is called "<name>.part", as with kuramoto::NpySeries. All functions throw
/// std::runtime_error, with the name of the file, if it cannot be written. The rows so far are then in "<name>.part".
class Table {
  public:
    /// A new table.
    Table(const std::string& name, const std::vector<std::string>& observables) {
        if (const auto descriptor = descriptor_named(name))
            stream_.emplace(name, *descriptor);
        else
            file_.emplace(name, kuramoto::detail::GrowingFile::Start::new_file);
        try {
            put(header_of(observables));
        } catch (...) {
            remove_if_empty();
            throw;
        }
    }

    /// Continues the table that was left under "<name>.part" or `name`. Keeps its first `rows` rows and cuts off the
    /// rest. They must be the rows of the steps `step_of(0)`, `step_of(1)`, …
    template <class StepOf>
    Table(const std::string& name, const std::vector<std::string>& observables, std::int64_t rows,
          const StepOf& step_of)
        : end_(end_of(name, header_of(observables), rows, step_of)), rows_(rows), is_new_(false) {
        file_.emplace(name, kuramoto::detail::GrowingFile::Start::left_file);
        file_->cut_to(end_);
    }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    ~Table() { remove_if_empty(); }

    void add(std::int64_t step, double time, const std::vector<double>& values) {
        std::string row = std::to_string(step);
        append(row, time);
        for (const double value : values) append(row, value);
        put(row + "\n");
        ++rows_;
    }

    /// Puts the file under its name. Nothing can be added after it.
    void finish() {
        if (!file_) return;
        is_new_ = false;
        file_->finish();
    }

    [[nodiscard]] std::int64_t rows() const { return rows_; }
    [[nodiscard]] bool is_file() const { return file_.has_value(); }

  private:
    static std::string header_of(const std::vector<std::string>& observables) {
        std::string header = "step,time";
        for (const std::string& name : observables) header += "," + name;
        return header + "\n";
    }

    static void append(std::string& row, double value) {
        char number[32];
        std::snprintf(number, sizeof number, ",%.17g", value);
        row += std::isnan(value) ? ",nan" : number; // the sign of a NaN depends on the machine
    }

    /// The offset of the first byte after the rows that are kept.
    template <class StepOf>
    static std::int64_t end_of(const std::string& name, const std::string& header, std::int64_t rows,
                               const StepOf& step_of) {
        std::ifstream file(kuramoto::detail::GrowingFile::name_to_take_up(name), std::ios::binary);
        std::string line;
        std::int64_t end = 0;
        const auto fail = [&](const std::string& what) {
            throw std::runtime_error("cannot go on with '" + name + "': " + what);
        };
        const auto next = [&] { // a line without a line break is incomplete
            if (!std::getline(file, line) || file.eof()) return false;
            end += static_cast<std::int64_t>(line.size()) + 1;
            return true;
        };
        if (!next() || line + "\n" != header) fail("its columns are not " + header.substr(0, header.size() - 1));
        for (std::int64_t row = 0; row < rows; ++row) {
            if (!next())
                fail("it has " + std::to_string(row) + " rows, but " + std::to_string(rows) + " are to be kept");
            const std::string step = std::to_string(step_of(row));
            if (line.rfind(step + ",", 0) != 0) fail("row " + std::to_string(row + 1) + " is not that of step " + step);
        }
        return end;
    }

    /// Writes the text. After a failure, a file holds nothing of it.
    void put(const std::string& text) {
        if (stream_) return stream_->write(text.data(), text.size());
        try {
            file_->write(text.data(), text.size());
        } catch (...) {
            file_->take_back("", end_);
            throw;
        }
        end_ += static_cast<std::int64_t>(text.size());
    }

    void remove_if_empty() noexcept {
        if (file_ && is_new_ && rows_ == 0) file_->remove();
    }

    std::optional<OutputStream> stream_;
    std::optional<kuramoto::detail::GrowingFile> file_;
    std::int64_t end_ = 0; // of the file, in bytes
    std::int64_t rows_ = 0;
    bool is_new_ = true; // a new file that does not have its name yet
};

} // namespace simulate
