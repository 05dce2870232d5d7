import Files
import Testing

@Suite struct MemoryBudgetTests {
  @Test func tooLargeAWishIsRefusedWithItsNumbers() throws {
    #expect(MemoryBudget.limit > 1 << 20)
    #expect(MemoryBudget.available >= MemoryBudget.limit)
    try MemoryBudget.require(1 << 20, for: "a little")
    #expect(throws: MemoryError(purpose: "all", needed: nil, limit: MemoryBudget.limit)) {
      try MemoryBudget.require(nil, for: "all")
    }
    let error = MemoryError(purpose: "soap for 200,000 features", needed: 320 << 30, limit: 16 << 30)
    #expect(
      error.text { $0 == "maxMemory" ? "--max-memory" : $0 }
        == "soap for 200,000 features: needs 320.0 GB of memory, but the limit is 16.0 GB; take less of it, or raise "
        + "--max-memory where the machine has more")
  }

  @Test func bytesAreTold() {
    let texts = [0, 1023, 1024, 1536 << 20, Int.max].map(bytesText)
    #expect(texts == ["0 bytes", "1023 bytes", "1.0 KB", "1.5 GB", "8.0 EB"])
  }
}
