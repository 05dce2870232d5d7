import Datasets
import Linalg
import Testing

@Suite struct DatasetTests {
  @Test func rowsBecomeSamples() {
    let data = Dataset(rows: [[1, 2, 3], [4, 5, -6]], labels: [0, 1])
    #expect(data.count == 2 && data.shape == [3] && data.featureCount == 3)
    #expect(data.labels == [0, 1] && data.source == "rows")
    #expect(data.range == -6...5 && !data.hasFractions && !data.isPixels)
    #expect(values(data) == [1, 2, 3, 4, 5, -6])
  }

  @Test func rowsCanBeImages() {
    let data = Dataset(rows: [[0, 0.25, 0.5, 0.75, 1, 0]], shape: [2, 3], source: "drawn")
    #expect(data.count == 1 && data.shape == [2, 3] && data.source == "drawn" && data.hasFractions)
  }

  /// A data set of rows is that of the matrix with the same rows.
  @Test func rowsAndMatrixAreTheSame() {
    let rows: [[Float]] = [[1, 2], [3, 4], [5, 6]]
    let matrix = Matrix<Float>(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6])
    #expect(values(Dataset(rows: rows)) == values(Dataset(matrix)))
    #expect(Dataset(matrix).source == "matrix" && Dataset(matrix).shape == [2])
  }

  @Test func wrongRowsStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = Dataset(rows: []) }
    await #expect(processExitsWith: .failure) { _ = Dataset(rows: [[1, 2], [3]]) }
    await #expect(processExitsWith: .failure) { _ = Dataset(rows: [[1, .nan]]) }
    await #expect(processExitsWith: .failure) { _ = Dataset(rows: [[1, 2]], shape: [3]) }
  }
}
