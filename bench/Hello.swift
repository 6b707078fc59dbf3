// What start-up is measured against: the least that a Swift program can do.
print("Hello, world!")
