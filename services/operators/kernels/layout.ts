/** Messages, hashes or shingles that a kernel works on at a time. */
export const CHUNK = 2048
/** Hashes of which a block of the permutation kernel keeps the least. */
export const BLOCK = 16
/** Permutations that the kernel works on at a time; their number is filled up to a whole multiple. */
export const LANES = 16

/** Bytes of a message block of SHA-1 and MD5. */
export const MESSAGE_BLOCK = 64

// Where things lie in a kernel's memory. Bytes.

/** 64 bytes of ones, then 64 of zeros: read 64 - n bytes on, it masks what lies behind the first n bytes. */
export const MASKS = 0
/** 64 bytes of zeros, then the mark behind a message, then zeros: read 64 - n bytes on, it has the mark in place n. */
export const MARKS = 128
/** By message: where its bytes begin. */
export const STARTS = 512
/** By message: how many they are. */
export const LENGTHS = STARTS + 4 * (CHUNK + BLOCK)
/** By message: what is wanted of its digest. */
export const DIGESTS = LENGTHS + 4 * (CHUNK + BLOCK)
/** Behind the digests of a chunk: what a kernel's user needs besides. */
export const USER = DIGESTS + 16 * (CHUNK + BLOCK)
