package let x = 0
