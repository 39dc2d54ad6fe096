// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// One Swift library target and its arrows downwards.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests that mirror one target.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

/// What CAllocation has in the place of the C library's functions. Unsafe to SwiftPM, as all flags of
/// the linker are; the library product has none.
let wrapped = [
  "malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "_Znwm", "_Znam",
].flatMap { ["-Xlinker", "--wrap=\($0)"] }

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let heaps: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let deques: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let network = ["NIOCore", "NIOPosix", "NIOHTTP1"].map {
  Target.Dependency.product(name: $0, package: "swift-nio")
}
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

let package = Package(
  name: "embed",
  products: [
    .library(name: "Embeddings", targets: ["Embeddings", "Vectors"]),
    .executable(name: "embed", targets: ["embed"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
  ],
  targets: [
    // 0  bytes and arithmetic in C, names and values in files
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKernels"),
    // Includes oniguruma.h and opens the library when an expression needs it: Debian has no archive.
    .target(name: "COnig"),
    // Opens libmecab when a tokenizer of Japanese needs it.
    .target(name: "CMeCab"),
    // Includes lapacke.h and opens the library when principal components are asked for: it brings a
    // second OpenBLAS along.
    .target(name: "CLAPACKE", dependencies: ["CProcess"]),
    .target(name: "CProcess"),
    .target(name: "CAllocation", dependencies: ["CProcess"]),
    module("Machine", ["CProcess"]),
    module("ModelFiles", ["CProcess", "Machine", crypto]),
    // 1  numbers | text
    // OpenBLAS is linked as an archive: as a shared library its worker thread starts, and spins,
    // before any code of ours could ask for a single thread (CProcess does, in a constructor).
    .target(
      name: "Tensors", dependencies: ["CKernels", "COpenBLAS", "CProcess"], swiftSettings: strict,
      linkerSettings: [.linkedLibrary(":libopenblas.a")]),
    module("Tokenizers", ["CMeCab", "COnig", "ModelFiles", heaps]),
    // 2  token ids → token vectors | what one does with vectors
    module("Encoders", ["ModelFiles", "Tensors"]),
    module("Vectors", ["CLAPACKE", "CProcess", "Machine", "ModelFiles", "Tensors", heaps]),
    // 3  text → vectors
    module(
      "Embeddings", ["Encoders", "Machine", "ModelFiles", "Tensors", "Tokenizers", "Vectors"]),
    // 4  vectors that should be → other weights
    module(
      "Training",
      [
        "CKernels", "Embeddings", "Encoders", "Machine", "ModelFiles", "Tensors", "Tokenizers",
        "Vectors", heaps,
      ]),
    // 4  text → vectors, over HTTP
    module(
      "Serving",
      [
        "CProcess", "Embeddings", "Machine", "ModelFiles", "Tensors", "Tokenizers", "Vectors",
        crypto, deques, tls,
      ] + network),
    // 5  the command line
    // zlib is linked as an archive, so that the program opens no file to unpack one.
    .executableTarget(
      name: "embed",
      dependencies: [
        "CAllocation", "CZlib", "Embeddings", "Machine", "ModelFiles", "Serving", "Tensors",
        "Tokenizers", "Training", "Vectors", argumentParser,
      ],
      swiftSettings: strict,
      linkerSettings: [.linkedLibrary(":libz.a"), .unsafeFlags(wrapped)]),
    // tests
    .target(
      name: "TestSupport", dependencies: ["ModelFiles", "Tensors"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("CKernels", ["CKernels"]),
    tests("Machine", ["Machine"]),
    tests("ModelFiles", ["ModelFiles"]),
    tests("Tensors", ["Tensors"]),
    tests("Tokenizers", ["ModelFiles", "Tokenizers"]),
    tests("Encoders", ["Encoders", "ModelFiles", "Tensors"]),
    tests("Vectors", ["ModelFiles", "Tensors", "Vectors"]),
    tests(
      "Embeddings", ["Embeddings", "Encoders", "ModelFiles", "Tensors", "Tokenizers", "Vectors"]),
    tests("Training", ["Embeddings", "ModelFiles", "Tensors", "Tokenizers", "Training"]),
    tests(
      "Serving",
      ["Embeddings", "ModelFiles", "Serving", "Tensors", "Tokenizers", "Vectors", tls] + network),
    tests(
      "embed",
      ["CZlib", "embed", "Embeddings", "Encoders", "ModelFiles", "Tensors", "Training", "Vectors"]),
    // The library as other packages see it: nothing but what is public.
    .testTarget(
      name: "LibraryTests", dependencies: ["Embeddings", "Vectors"], packageAccess: false,
      swiftSettings: strict),
  ]
)
