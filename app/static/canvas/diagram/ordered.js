/**
 * Commands on lines whose undo also brings back the order of the lines at each node: an exclusive gateway asks its
 * branches in that order. diagram-js puts a line that comes back behind the others.
 */
import DeleteConnectionHandler from "diagram-js/lib/features/modeling/cmd/DeleteConnectionHandler.js";
import ReconnectConnectionHandler from "diagram-js/lib/features/modeling/cmd/ReconnectConnectionHandler.js";

/**
 * Put the lines of a node in an order, without telling anything but their order.
 * @param {any[]} lines
 * @param {any[]} order
 */
export function putInOrder(lines, order) {
  const rank = new Map(order.map((line, i) => [line, i]));
  lines.sort((a, b) => (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length));
}

/**
 * A handler that remembers the order of lines at both ends of its connection.
 * @param {any} Handler
 * @returns {any}
 */
function ordered(Handler) {
  return class extends Handler {
    /** @param {any} context */
    execute(context) {
      const { source, target } = context.connection;
      context.orders = [source.outgoing, target.incoming].map((lines) => ({ lines, order: [...lines] }));
      return super.execute(context);
    }

    /** @param {any} context */
    revert(context) {
      const changed = super.revert(context);
      for (const { lines, order } of context.orders) putInOrder(lines, order);
      return changed;
    }
  };
}

export const OrderedDelete = ordered(DeleteConnectionHandler);
export const OrderedReconnect = ordered(ReconnectConnectionHandler);
