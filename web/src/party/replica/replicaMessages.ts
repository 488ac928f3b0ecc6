import type { Socket } from 'socket.io-client';
import type { ChatMessage, FiguresMessage, MembersNews, StateMessage, WaitingMessage } from '../messages';
import {
  chatArrived,
  chatDeleted,
  figuresArrived,
  newsArrived,
  stateChanged,
  waitingChanged,
  type Outcome,
  type PartyReplica,
} from './replica';

export type Change = (party: PartyReplica) => Outcome;

/** Takes each message of the server that changes the party as the change it makes. */
export function onReplicaMessages(socket: Socket, take: (change: Change) => void): void {
  socket.on('party:state', (message: StateMessage) => {
    take((party) => stateChanged(party, message, Date.now()));
  });
  socket.on('party:members', (news: MembersNews) => {
    take((party) => newsArrived(party, news, Date.now()));
  });
  socket.on('party:figures', (message: FiguresMessage) => {
    take((party) => ({ party: figuresArrived(party, message), gap: false }));
  });
  socket.on('party:waiting', (message: WaitingMessage) => {
    take((party) => ({ party: waitingChanged(party, message), gap: false }));
  });
  socket.on('chat:message', (message: ChatMessage) => {
    take((party) => chatArrived(party, message));
  });
  socket.on('chat:deleted', ({ id }: { id: string }) => {
    take((party) => ({ party: chatDeleted(party, id), gap: false }));
  });
}
