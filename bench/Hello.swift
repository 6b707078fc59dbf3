// What start-up is measured against: the least that a Swift program linked like ours, Foundation included, can do.
import Foundation

print("Hello, world!", ProcessInfo.processInfo.processIdentifier > 0)
