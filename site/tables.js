// Makes tables sortable by their headings.
(function () {
  'use strict';

  document.querySelectorAll('table.sortable').forEach(function (table) {
    var body = table.tBodies[0];
    function key(row, column) {
      var cell = row.cells[column];
      var value = cell.getAttribute('data-value');
      return value === null ? cell.textContent : Number(value);
    }
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var made = document.createElement('button');
      made.type = 'button';
      made.textContent = head.textContent;
      made.addEventListener('click', function () {
        var ascends = head.getAttribute('aria-sort') !== 'ascending';
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute('aria-sort'); });
        head.setAttribute('aria-sort', ascends ? 'ascending' : 'descending');
        Array.from(body.rows).map(function (row, index) {
          return { row: row, key: key(row, column), index: index };
        }).sort(function (a, b) {
          var order = typeof a.key === 'number' && typeof b.key === 'number'
            ? a.key - b.key
            : String(a.key).localeCompare(String(b.key), 'en');
          return (ascends ? order : -order) || a.index - b.index;
        }).forEach(function (item) { body.append(item.row); });
      });
      head.textContent = '';
      head.append(made);
    });
  });
})();
